using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Engine.Client;
using Engine.Contracts;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests;

/// <summary>What one instance learns in its partitions another goes by in its own.</summary>
public class AcrossPartitionsTests
{
    [Fact]
    public async Task A_path_seen_by_one_instance_is_a_replay_in_a_partition_of_another()
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Any);
        await ShowReplayAsync(lab);
    }

    [Fact]
    public async Task A_visitor_who_was_invalid_with_one_instance_is_known_to_another()
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Any);
        await lab.Log.SendAsync(
            new LiveRecord(
                Topics.Settings,
                "rule/bad",
                """{"when":"click.campaign == 'bad'","then":{"class":"sivt"}}"""
            )
        );
        await using TwoEngines engines = await TwoEngines.StartAsync(lab);
        (string one, string other) = await engines.AddressesAsync();
        for (int i = 0; i < 8; i++)
        {
            await lab.Log.SendAsync(Click($"bad-{i}", one, i, "bad"));
        }

        await lab.VerdictAsync("bad-7");
        // Seconds of log time have to end before sums are written, and before they are looked at.
        JsonElement partitions = default;
        int asked = 0;
        await LiveWait.UntilAsync("the other instance has heard of it", async () =>
        {
            await lab.Log.SendAsync(LiveEvents.Click($"time-{asked}", LiveEvents.Now, one));
            await lab.Log.SendAsync(Click($"there-{asked}", other, 100 + asked, "good"));
            JsonElement verdict = await lab.VerdictAsync($"there-{asked++}");
            return verdict.TryGetProperty("evidence", out JsonElement reasons)
                && reasons.TryGetProperty("standing.visitor", out JsonElement standing)
                && standing.TryGetProperty("partitions", out partitions);
        });
        Assert.Equal($"[\"interactions-{TwoEngines.PartitionOf(one)}\"]", partitions.GetRawText());

        static LiveRecord Click(string id, string ip, int i, string campaign) =>
            new(
                Topics.Interactions,
                LiveEvents.KeyOf(ip),
                $$"""{"type":"click","id":"{{id}}","time":{{LiveEvents.Now}},"ip":"{{ip}}","visitor":"v-bad","publisher":"pub-{{i}}","campaign":"{{campaign}}"}""",
                LiveEvents.Now
            );
    }

    internal static async Task ShowReplayAsync(Lab lab)
    {
        await using TwoEngines engines = await TwoEngines.StartAsync(lab);
        (string one, string other) = await engines.AddressesAsync();
        JsonElement evidence = default;
        int asked = 0;
        // What another partition has seen counts from its next mark on, a second later at most. Each try has a path of
        // its own: played too early, it would be a replay of the one played before.
        await LiveWait.UntilAsync("the other instance finds the replay", async () =>
        {
            int i = asked++;
            await lab.Log.SendAsync(Click($"recorded-{i}", one, i));
            Assert.Equal("present", (await lab.VerdictAsync($"recorded-{i}")).GetProperty("path").GetString());
            await Task.Delay(1500);
            await lab.Log.SendAsync(Click($"played-{i}", other, i));
            JsonElement verdict = await lab.VerdictAsync($"played-{i}");
            return verdict.TryGetProperty("evidence", out JsonElement reasons)
                && reasons.TryGetProperty("cursor.replay", out evidence)
                && evidence.GetProperty("click").GetString() == $"recorded-{i}";
        });
        Assert.StartsWith($"interactions-{TwoEngines.PartitionOf(one)}@", evidence.GetProperty("at").GetString());

        // A person's wandering, long enough to be told apart.
        static LiveRecord Click(string id, string ip, int path) =>
            LiveEvents.Click(
                id,
                LiveEvents.Now,
                ip,
                $$""","pointer":"mouse","path":{{LiveEvents.Points($"the recording {path}", 60)}}"""
            );
    }
}

/// <summary>Two engines of one group that both own partitions.</summary>
public sealed class TwoEngines : IAsyncDisposable
{
    private readonly EngineRun _first,
        _second;

    private TwoEngines(EngineRun first, EngineRun second) => (_first, _second) = (first, second);

    public static int PartitionOf(string ip) => Murmur2.Partition(Encoding.ASCII.GetBytes(LiveEvents.KeyOf(ip)), 4);

    public static async Task<TwoEngines> StartAsync(Lab lab)
    {
        EngineRun first = await lab.StartAsync();
        try
        {
            return new TwoEngines(first, await lab.StartAsync());
        }
        catch
        {
            await first.DisposeAsync();
            throw;
        }
    }

    /// <summary>An address in a partition of each, once all partitions are shared out.</summary>
    public async Task<(string First, string Second)> AddressesAsync()
    {
        HashSet<int> mine = [],
            others = [];
        await LiveWait.UntilAsync("both own partitions", () =>
            (mine = Owned(_first)).Count > 0
            && (others = Owned(_second)).Count > 0
            && mine.Count + others.Count == 4
            && !mine.Overlaps(others)
        );
        return (AddressIn(mine), AddressIn(others));
    }

    private static string AddressIn(HashSet<int> partitions) =>
        Enumerable.Range(0, 255).Select(i => $"198.51.{i}.9").First(ip => partitions.Contains(PartitionOf(ip)));

    private static HashSet<int> Owned(EngineRun run)
    {
        var owned = new HashSet<int>();
        foreach (Match line in Regex.Matches(run.Process.Error, @"interactions-(\d): (taken over|released)"))
        {
            if (line.Groups[2].Value == "taken over")
            {
                owned.Add(int.Parse(line.Groups[1].Value));
            }
            else
            {
                owned.Remove(int.Parse(line.Groups[1].Value));
            }
        }

        return owned;
    }

    public async ValueTask DisposeAsync()
    {
        await _second.DisposeAsync();
        await _first.DisposeAsync();
    }
}
