using System.Globalization;
using System.Text.Json;
using Engine.Contracts;
using Integration.Tests.Rig;
using StackExchange.Redis;
using Tests.Support;
using Xunit;

namespace Integration.Tests.Chaos;

/// <summary>Three engines of one group on a real broker, a steady load of sample traffic, and a seeded schedule of
/// faults. At the end every click has a verdict, totals are what the verdicts add up to, and the live results are the
/// rescored ones, byte for byte. <c>make chaos SECONDS=… SEED=…</c> runs it longer.</summary>
[Collection(RealKafka.AgainTests)]
public sealed class ChaosTests(RealKafka kafka)
{
    private const int Engines = 3,
        ClicksPerSecond = 150;

    private static readonly TimeSpan DecidedWithin = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task Faults_change_no_result_and_what_was_decided_is_shown_again()
    {
        int seconds = Variable("CHAOS_SECONDS", 40),
            seed = Variable("CHAOS_SEED", 7);
        await using Lab lab = await Lab.RealAsync(
            kafka,
            Redises.Server,
            new EngineYaml { Complete = true, Timestamps = "append", Samples = true, ProgressMs = 500, Lanes = 0 }
        );
        var random = new Random(seed);
        await using var group = new ChaosGroup(lab, Engines, random);
        await group.StartAsync();
        await using LiveProcess traffic = Programs.Start(
            "ingest",
            null,
            "generate",
            $"{seconds * ClicksPerSecond}",
            "--seed",
            $"{seed}",
            "--minutes",
            (seconds / 60.0).ToString(CultureInfo.InvariantCulture),
            "--speed",
            "1",
            "--requests",
            $"{seconds * 10}",
            "--processes",
            $"{seconds}",
            "--kafka",
            lab.Brokers
        );
        while (!traffic.HasExited)
        {
            await group.DisturbAsync();
        }

        Assert.True(traffic.ExitCode == 0, traffic.Error);
        await group.CalmAsync();
        long records = lab.Log.Count(Topics.Interactions);
        await LiveWait.UntilAsync(
            $"progress is at {records}",
            async () => await lab.Redis.ProgressAsync("engine") >= records,
            DecidedWithin
        );
        await group.StopAsync();

        string schedule = $"seed {seed}: {string.Join(", ", group.Faults)}";
        TestContext.Current.SendDiagnosticMessage(schedule);
        Assert.Contains(group.Faults, fault => fault.StartsWith("kill", StringComparison.Ordinal));
        await CompareAsync(lab, schedule);
    }

    private static async Task CompareAsync(Lab lab, string schedule)
    {
        var live = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string kind in (string[])["verdict:", "content:"])
        {
            foreach ((string key, string value) in await lab.Redis.StringsAsync(kind))
            {
                live[key] = value;
            }
        }

        // Beside the records of instances there are queues.
        IDatabase redis = lab.Redis.Database;
        foreach (string key in lab.Redis.Keys("priority:"))
        {
            if (await redis.KeyTypeAsync(key) == RedisType.String)
            {
                live[key] = (await redis.StringGetAsync(key)).ToString();
            }
        }

        CommandRun run = await Programs.EngineAsync(
            "rescore",
            "--kafka",
            lab.Brokers,
            "--redis",
            lab.Redis.Address,
            "--config",
            lab.Config,
            "--out",
            lab.Folder.File("again.jsonl")
        );
        Assert.True(run.ExitCode == 0, run.ToString());
        SortedDictionary<string, string> again = ResultsOf(lab.Folder.File("again.jsonl"));
        string[] differences =
        [
            .. live
                .Keys.Union(again.Keys)
                .Where(key => live.GetValueOrDefault(key) != again.GetValueOrDefault(key))
                .Select(key => $"{key}: live {live.GetValueOrDefault(key)}, again {again.GetValueOrDefault(key)}"),
        ];
        Assert.True(
            differences.Length == 0,
            $"{schedule}\n{differences.Length} of {live.Count} differ:\n{string.Join('\n', differences.Take(6))}"
        );
        int verdicts = live.Keys.Count(key => key.StartsWith("verdict:", StringComparison.Ordinal));
        Assert.True(verdicts > 0, schedule);
        Assert.Equal(verdicts, await lab.Redis.TotalAsync("publisher", "clicks"));
        Assert.Equal(verdicts, await lab.Redis.TotalAsync("campaign", "clicks"));
    }

    /// <summary>The last line of each click and key.</summary>
    private static SortedDictionary<string, string> ResultsOf(string file)
    {
        var results = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in File.ReadLines(file))
        {
            JsonElement json = JsonDocument.Parse(line).RootElement;
            if (json.TryGetProperty("click", out JsonElement click))
            {
                results[$"verdict:{click.GetString()}"] = line;
            }
            else if (
                json.GetProperty("key").GetString() is { } key
                && json.GetProperty("result") is { ValueKind: JsonValueKind.Object } result
                && (
                    key.StartsWith("content:", StringComparison.Ordinal)
                    || (
                        key.StartsWith("priority:", StringComparison.Ordinal)
                        && result.TryGetProperty("instance", out _)
                    )
                )
            )
            {
                results[key] = result.GetRawText();
            }
        }

        return results;
    }

    private static int Variable(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : otherwise;
}
