using System.Globalization;
using System.Text;
using Engine.Client;
using Engine.Contracts;

namespace Tests.Support;

/// <summary>Events of <c>interactions</c> in JSON, with the key of their network.</summary>
public static class LiveEvents
{
    public static long Now => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    /// <summary>The key of an IPv4 address: its /24.</summary>
    public static string KeyOf(string ip) => ip[..(ip.LastIndexOf('.') + 1)] + "0/24";

    public static string ClickJson(string id, long time, string ip, string more = "") =>
        $$"""{"type":"click","id":"{{id}}","time":{{time}},"ip":"{{ip}}","publisher":"pub-1","campaign":"cmp-1","cost_micros":1000{{more}}}""";

    public static LiveRecord Click(
        string id,
        long time,
        string ip = "203.0.113.9",
        string more = "",
        long? timestamp = null
    ) => new(Topics.Interactions, KeyOf(ip), ClickJson(id, time, ip, more), timestamp ?? time);

    /// <summary>A click that expects a separate path.</summary>
    public static LiveRecord Expecting(string id, long time, string ip = "203.0.113.9") =>
        Click(id, time, ip, ""","expects_path":true,"pointer":"mouse" """.TrimEnd());

    public static LiveRecord Path(string click, long time, string ip = "203.0.113.9", long? timestamp = null) =>
        new(
            Topics.Interactions,
            KeyOf(ip),
            $$"""{"type":"cursor-path","click":"{{click}}","time":{{time}},"ip":"{{ip}}","points":{{Points(click)}}}""",
            timestamp ?? time
        );

    /// <summary>A wandering path that is unique to the click, so none counts as a replay.</summary>
    public static string Points(string click, int count = 14)
    {
        uint seed = 2166136261;
        foreach (char c in click)
        {
            seed = (seed ^ c) * 16777619;
        }

        var random = new Random((int)(seed & int.MaxValue));
        var text = new StringBuilder("[");
        double t = 0,
            x = 400,
            y = 300;
        for (int i = 0; i < count; i++)
        {
            text.Append(i > 0 ? "," : "").Append(CultureInfo.InvariantCulture, $"[{t:0},{x:0.#},{y:0.#}]");
            (t, x, y) = (
                t + random.Next(8, 40),
                x + random.NextDouble() * 120 - 60,
                y + random.NextDouble() * 120 - 60
            );
        }
        return text.Append(']').ToString();
    }

    /// <summary>A log with some of everything, the same for the same arguments: clicks from many networks, paths before
    /// or after their clicks or missing, repeated ids, and values that aren't events. Timestamps rise by
    /// <paramref name="stepMs"/>.</summary>
    public static IEnumerable<LiveRecord> Mixed(int clicks, long start, long stepMs)
    {
        for (int i = 0; i < clicks; i++)
        {
            long time = start + i * stepMs;
            string ip = $"203.0.{i % 211}.{i / 7 % 50 + 1}",
                id = $"m-{i}";
            // A visitor keeps to one network and a publisher to one partition: results of other partitions arrive at
            // any time, and must not affect decisions here.
            int partition = Murmur2.Partition(Encoding.ASCII.GetBytes(KeyOf(ip)), 4);
            string publisher = partition == 0 && i % 2 == 0 ? "pub-4" : $"pub-{partition}";
            string more =
                $$""","visitor":"v-{{i % 211}}-{{i / 211 % 7}}","placement":"pl-{{i % 3}}","pointer":"mouse","device":{"os":"{{(i % 4 == 0 ? "Android" : "Windows")}}"}""";
            if (i % 97 == 0)
            {
                more +=
                    ""","ua":"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)" """.TrimEnd();
            }

            if (i % 10 == 3)
            {
                more += ""","expects_path":true""";
            }

            string json =
                $$"""{"type":"click","id":"{{id}}","time":{{time}},"ip":"{{ip}}","publisher":"{{publisher}}","campaign":"cmp-{{i % 7}}","cost_micros":{{1000 + i % 13}}{{more}}}""";
            // Of the clicks that expect a path, one in three has it before, one after, and one never.
            if (i % 30 == 3)
            {
                yield return Path(id, time, ip);
            }

            yield return new LiveRecord(Topics.Interactions, KeyOf(ip), json, time);
            if (i % 30 == 13)
            {
                yield return Path(id, time, ip, time + 1);
            }

            if (i % 50 == 7)
            {
                yield return new LiveRecord(Topics.Interactions, KeyOf(ip), json, time + 1);
            }

            if (i % 200 == 11)
            {
                yield return new LiveRecord(Topics.Interactions, KeyOf(ip), json[..^(1 + i % 40)], time + 1);
            }
        }
    }

    /// <summary>The expected counts of <see cref="Mixed"/>: verdicts, duplicates, paths and dead letters.</summary>
    public static (int Verdicts, int Duplicates, int Paths, int DeadLetters) MixedCounts(int clicks)
    {
        int Of(int every, int at) => Enumerable.Range(0, clicks).Count(i => i % every == at);
        return (clicks, Of(50, 7), Of(30, 3) + Of(30, 13), Of(200, 11));
    }
}
