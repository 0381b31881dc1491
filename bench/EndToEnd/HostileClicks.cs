using System.Globalization;
using System.Text;
using Confluent.Kafka;

namespace Bench.EndToEnd;

/// <summary>The kinds of hostility that are measured, and the events of each.</summary>
internal static class HostileClicks
{
    public const string OneKey = "one key has all traffic",
        OneNetwork = "every click another visitor, all of one network",
        Ids = "ids of 128 bytes that differ in the last ones, each twice",
        Clocks = "event times years off, timestamps back and forth",
        Paths = "one click in a hundred with 4,096 points",
        Settings = "100,000 settings while clicks are read",
        Patterns = "patterns made to explode, in ten rules";

    public static readonly string[] Kinds = [OneKey, OneNetwork, Ids, Clocks, Paths, Settings, Patterns];

    public const int PerMillisecond = 20;

    private const int PathPoints = 4_096,
        PathEvery = 100;
    private const long YearMs = 365L * 24 * 3_600_000;

    private static readonly string Path = string.Join(
        ',',
        Enumerable
            .Range(0, PathPoints)
            .Select(i => string.Create(CultureInfo.InvariantCulture, $"[{i * 16},{i * 7 % 1280},{i * 11 % 720}]"))
    );

    /// <summary>The event of a kind with a number, in the order of their timestamps but for
    /// <see cref="Clocks"/>.</summary>
    /// <param name="start">The timestamp of the first, ms.</param>
    public static Message<byte[], byte[]> Make(string kind, int number, long start)
    {
        // Odd factors spread numbers evenly, and the same each time.
        uint mixed = (uint)number * 2_654_435_761;
        long time = start + number / PerMillisecond,
            timestamp = time;
        string id = string.Create(CultureInfo.InvariantCulture, $"h-{number}"),
            visitor = string.Create(CultureInfo.InvariantCulture, $"v-{mixed % 200_000}"),
            net = string.Create(CultureInfo.InvariantCulture, $"23.{mixed % 40 * 6}.{mixed / 64 % 50 * 5}."),
            agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0",
            more = "";
        switch (kind)
        {
            case OneKey:
                (net, visitor) = ("203.0.113.", "v-1");
                break;
            case OneNetwork:
                (net, visitor) = ("203.0.113.", id);
                break;
            case Ids:
                id = (number / 2).ToString(CultureInfo.InvariantCulture).PadLeft(128, 'x');
                break;
            case Clocks:
                time += ((int)(mixed % 41) - 20) * YearMs;
                timestamp += (mixed / 41 % 600) * 1_000L - 300_000;
                break;
            case Paths when number % PathEvery == 0:
                more = $",\"path\":[{Path}]";
                break;
            case Patterns:
                agent = new string('a', 400) + "!";
                break;
        }

        string json = string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"type\":\"click\",\"id\":\"{id}\",\"time\":{time},\"ip\":\"{net}{10 + mixed / 3 % 200}\","
                + $"\"ua\":\"{agent}\""
                + $",\"visitor\":\"{visitor}\",\"publisher\":\"pub-{mixed % 500}\",\"campaign\":\"cmp-{mixed % 300}\""
                + $",\"cost_micros\":50000,\"page\":\"https://p.example/a/{mixed % 1000}\",\"pointer\":\"mouse\""
                + $",\"x\":312,\"y\":88,\"viewport\":[1280,720]{more}}}"
        );
        return new Message<byte[], byte[]>
        {
            Key = Encoding.ASCII.GetBytes(net + "0/24"),
            Value = Encoding.ASCII.GetBytes(json),
            Timestamp = new Timestamp(timestamp, TimestampType.CreateTime),
        };
    }

    /// <summary>The records of <c>settings</c> that a kind begins with, or sends meanwhile.</summary>
    public static IEnumerable<Message<byte[], byte[]>> SettingsOf(string kind) =>
        kind switch
        {
            Settings => Enumerable
                .Range(0, 100_000)
                .Select(i => Setting($"allow/a-{i}", $$"""{"visitor":"x-{{i}}"}""")),
            Patterns => Enumerable
                .Range(0, 10)
                .Select(i =>
                    Setting(
                        $"rule/r-{i}",
                        $$"""{"when":"click.ua.matches('^(([a-z])+.)+{{i}}$') || click.ua.matches('(a+)+{{i}}$')","then":{"class":"suspect"},"order":{{i}}}"""
                    )
                ),
            _ => [],
        };

    private static Message<byte[], byte[]> Setting(string key, string json) =>
        new() { Key = Encoding.ASCII.GetBytes(key), Value = Encoding.ASCII.GetBytes(json) };
}
