using System.Globalization;
using Engine.Client.Provisioning;
using Engine.Contracts;
using StackExchange.Redis;

namespace Bench.EndToEnd;

/// <summary>Measures how long the console's pages take with a million campaign-hours in Redis: 2,000 campaigns with
/// clicks in each of 500 hours.</summary>
internal sealed class ConsolePages : IDisposable
{
    private const string Group = "console";

    private const int Campaigns = 2_000,
        Hours = 500,
        Partitions = 4,
        Repeats = 20;

    private static readonly TimeSpan Within = TimeSpan.FromMinutes(2);

    private static readonly string[] Paths =
    [
        "/console",
        "/console/campaigns",
        "/console/campaigns?from=FIRST&to=LAST",
        "/console/campaigns/cmp-7",
        "/console/campaigns/cmp-7?from=FIRST&to=LAST",
        "/console/publishers",
        "/console/credit",
    ];

    private readonly Plan _plan;
    private readonly TimeProvider _clock = TimeProvider.System;
    private readonly string _folder = Directory.CreateTempSubdirectory("engine-bench-").FullName;
    private readonly Broker _broker;
    private readonly Store _store;

    public ConsolePages(Plan plan)
    {
        _plan = plan;
        _broker = new Broker(plan.KafkaTool, _folder);
        _store = new Store("redis", plan.Root, _folder);
    }

    public async Task RunAsync(TextWriter to)
    {
        await new TopicProvisioner(_broker.Address)
            .EnsureAsync([Topics.Interactions, Topics.Settings], TopicTimestamps.LogAppendTime)
            .ConfigureAwait(false);
        DateTime now = _clock.GetUtcNow().UtcDateTime;
        await FillAsync(now).ConfigureAwait(false);
        using Contestant engine = new(
            _plan,
            "engine",
            _broker.Address,
            Topics.Interactions,
            _store.Port,
            _folder,
            Group
        );
        using var http = new HttpClient { BaseAddress = engine.HttpAddress(Within) };
        to.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{_store.Size():#,0} keys, {Campaigns * Hours:#,0} campaign-hours"
            )
        );
        to.WriteLine("| page | first | median | longest of the next 20 | bytes |");
        to.WriteLine("| --- | ---: | ---: | ---: | ---: |");
        foreach (string path in Paths)
        {
            string address = path.Replace("FIRST", $"{now.AddDays(-20):yyyy-MM-dd}", StringComparison.Ordinal)
                .Replace("LAST", $"{now:yyyy-MM-dd}", StringComparison.Ordinal);
            (double first, int bytes) = await GetAsync(http, address).ConfigureAwait(false);
            var next = new double[Repeats];
            for (int i = 0; i < Repeats; i++)
            {
                (next[i], _) = await GetAsync(http, address).ConfigureAwait(false);
            }

            Array.Sort(next);
            to.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| `{address}` | {first:0} ms | {next[Repeats / 2]:0} ms | {next[^1]:0} ms | {bytes:#,0} |"
                )
            );
        }
    }

    private async Task<(double Ms, int Bytes)> GetAsync(HttpClient http, string address)
    {
        long since = _clock.GetTimestamp();
        byte[] page = await http.GetByteArrayAsync(new Uri(address, UriKind.Relative)).ConfigureAwait(false);
        return (_clock.GetElapsedTime(since).TotalMilliseconds, page.Length);
    }

    /// <summary>Writes totals as engines do: each campaign's hour in one partition, each campaign in all of
    /// them.</summary>
    private async Task FillAsync(DateTime now)
    {
        using ConnectionMultiplexer connection = await ConnectionMultiplexer
            .ConnectAsync($"127.0.0.1:{_store.Port}")
            .ConfigureAwait(false);
        IDatabase redis = connection.GetDatabase();
        var keys = new RedisKeys("", Group);
        var writing = new List<Task>();
        for (int hour = 0; hour < Hours; hour++)
        {
            DateTime at = now.AddHours(-hour);
            string text = at.ToString("yyyy-MM-dd'T'HH", CultureInfo.InvariantCulture);
            for (int partition = 0; partition < Partitions; partition++)
            {
                string name = RedisKeys.Partition(Topics.Interactions, partition);
                writing.Add(redis.HashSetAsync(keys.HourStats(text, name), Totals(Campaigns / Partitions)));
                if (hour % 24 == 0)
                {
                    foreach (string kinds in (string[])["campaigns", "publishers"])
                    {
                        writing.Add(
                            redis.HashSetAsync(
                                keys.DaySums(kinds, $"{at:yyyy-MM-dd}", name),
                                [
                                    .. Enumerable
                                        .Range(0, Campaigns)
                                        .SelectMany(i => DayOf($"{(kinds[0] == 'c' ? "cmp" : "pub")}-{i}")),
                                ]
                            )
                        );
                    }
                }
            }

            for (int i = 0; i < Campaigns; i++)
            {
                string name = RedisKeys.Partition(Topics.Interactions, i % Partitions);
                writing.Add(redis.HashSetAsync(keys.Stats("campaign", $"cmp-{i}", text, name), Totals(1)));
            }

            await Task.WhenAll(writing).ConfigureAwait(false);
            writing.Clear();
        }
    }

    private static HashEntry[] Totals(int times) =>
        [
            new("clicks", 40 * times),
            new("cost_micros", 10_000_000L * times),
            new("clicks:valid", 36 * times),
            new("cost_micros:valid", 9_000_000L * times),
            new("clicks:sivt", 4 * times),
            new("cost_micros:sivt", 1_000_000L * times),
            new("clicks:reason:rate.visitor", 4 * times),
            new("cost_micros:reason:rate.visitor", 1_000_000L * times),
        ];

    private static HashEntry[] DayOf(string id) =>
        [
            new(id, 240),
            new(id + " cost_micros", 60_000_000),
            new(id + " invalid", 24),
            new(id + " invalid_cost_micros", 6_000_000),
        ];

    public void Dispose()
    {
        _store.Dispose();
        _broker.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
