using Tests.Support;

namespace Pipeline.Tests.Join;

/// <summary>
/// Logs in which everything happens: few ids, visitors and networks, times that go back, events that can't be used.
/// </summary>
internal static class RandomLog
{
    public static readonly Dictionary<string, string> Settings = new()
    {
        ["rule/confirm"] =
            """{"when":"click.publisher == 'pub-3'","then":{"class":"suspect","action":"confirm","billable":false},"order":1}""",
        ["rule/often"] =
            """{"when":"windows.visitor_60s > 3 && has(click.visitor)","then":{"class":"sivt"},"order":2}""",
        ["reason/standing.network"] = """{"limit":0.2,"min_clicks":5}""",
        ["reason/rate.ip"] = """{"limit":6}""",
        ["allow/office"] = """{"visitor":"v-2","because":"ours"}""",
        ["limits/time"] = """{"duplicates_ms":20000}""",
    };

    public static List<LogRecord> Make(int seed, int records)
    {
        var random = new Random(seed);
        List<LogRecord> log = [];
        long now = Events.Start;
        for (int i = 0; i < records; i++)
        {
            now += random.Next(8) == 0 ? random.Next(2_500) : random.Next(60);
            long stamp = now - (random.Next(5) == 0 ? random.Next(1_500) : 0);
            int partition = random.Next(2);
            string id = $"c-{Math.Max(0, i / 3 - random.Next(8))}",
                ip = $"203.0.{partition + 1}{random.Next(3)}.{random.Next(4)}";
            LogRecord record = random.Next(20) switch
            {
                < 9 => LogRecord.Of(Click(random, id, ip, stamp).LoggedAt(stamp), partition),
                < 15 => LogRecord.Of(Events.Path(id).From(ip).At(stamp), partition),
                < 17 => LogRecord.Of(
                    Events.Confirmation(id, random.Next(2) == 0 ? "confirmed" : "missed").At(stamp),
                    partition
                ),
                17 => LogRecord.Tick(stamp, partition),
                18 => LogRecord.Of(
                    partition,
                    stamp,
                    random.Next(2) == 0 ? "{\"type\":\"click\"" : "{\"type\":\"label\"}"
                ),
                _ => LogRecord.Of(Events.Click("bad id"), partition) with { Timestamp = stamp },
            };
            log.Add(record);
        }
        return log;
    }

    /// <summary>Ticks late enough that nothing waits any more.</summary>
    public static IEnumerable<LogRecord> Flush(List<LogRecord> log)
    {
        long end = log.Max(record => record.Timestamp) + 600_000;
        return [LogRecord.Tick(end, 0), LogRecord.Tick(end, 1)];
    }

    private static EventBuilder Click(Random random, string id, string ip, long time)
    {
        EventBuilder click = Events
            .Click(id)
            .At(time - random.Next(900))
            .From(ip)
            .Publisher($"pub-{random.Next(5)}")
            .Campaign($"cmp-{random.Next(3)}")
            .Cost(random.Next(1000));
        if (random.Next(2) == 0)
        {
            click.Visitor($"v-{random.Next(6)}");
        }

        if (random.Next(3) == 0)
        {
            click.ExpectsPath();
        }

        if (random.Next(6) == 0)
        {
            click.Points(Events.CurvedPath);
        }

        if (random.Next(30) == 0)
        {
            click.At(time + 400_000);
        }

        return click;
    }
}
