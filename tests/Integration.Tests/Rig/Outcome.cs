using Tests.Support;
using Xunit;

namespace Integration.Tests.Rig;

/// <summary>The comparable contents of a Redis. Two runs over one log must give the same bytes.</summary>
public sealed record Outcome(
    SortedDictionary<string, string> Verdicts,
    SortedDictionary<string, string> Totals,
    SortedDictionary<string, string> Progress
)
{
    public static async Task<Outcome> OfAsync(LiveResults redis, string group, string prefix = "")
    {
        SortedDictionary<string, string> progress = new(StringComparer.Ordinal);
        // Only the clicks' progress: engines append to `processes` themselves while campaigns lose more than their
        // limit.
        foreach ((string key, string value) in await redis.StringsAsync($"{prefix}progress:{group}:{{interactions-"))
        {
            progress[key[(key.IndexOf('{'))..]] = value;
        }

        return new Outcome(
            Without(prefix, await redis.StringsAsync(prefix + "verdict:")),
            Without(prefix, await redis.HashesAsync(prefix + "stats:")),
            progress
        );
    }

    private static SortedDictionary<string, string> Without(string prefix, SortedDictionary<string, string> keys) =>
        new(keys.ToDictionary(entry => entry.Key[prefix.Length..], entry => entry.Value), StringComparer.Ordinal);

    /// <summary>The sum of one field over the totals of campaigns or publishers.</summary>
    public long Total(string kind, string field) =>
        Totals
            .Where(entry =>
                entry.Key.StartsWith($"stats:{kind}:", StringComparison.Ordinal)
                && entry.Key.EndsWith(" " + field, StringComparison.Ordinal)
            )
            .Sum(entry => long.Parse(entry.Value));

    public void MustEqual(Outcome undisturbed)
    {
        Same("verdicts", undisturbed.Verdicts, Verdicts);
        Same("totals", undisturbed.Totals, Totals);
        Same("progress", undisturbed.Progress, Progress);
    }

    private static void Same(
        string what,
        SortedDictionary<string, string> expected,
        SortedDictionary<string, string> actual
    )
    {
        string[] differences =
        [
            .. expected
                .Keys.Union(actual.Keys)
                .Where(key => expected.GetValueOrDefault(key) != actual.GetValueOrDefault(key))
                .Select(key =>
                    $"{key}: undisturbed {expected.GetValueOrDefault(key) ?? "nothing"}, disturbed "
                    + $"{actual.GetValueOrDefault(key) ?? "nothing"}"
                ),
        ];
        Assert.True(
            differences.Length == 0,
            $"{differences.Length} {what} of {expected.Count} differ:\n{string.Join('\n', differences.Take(12))}"
        );
    }
}

/// <summary>A run that is disturbed while a log grows, followed by an undisturbed run of another group over the same
/// log with the same bootstrap settings, which must give the same results.</summary>
/// <param name="span">The time from the first to the last click, which is about now; ten minutes by default.</param>
public sealed class Disturbed(Lab lab, int clicks, TimeSpan? span = null)
{
    private const int Slices = 60;

    public LiveRecord[] Records { get; } =
    [.. LiveEvents.Mixed(clicks, LiveEvents.Now - SpanMs(span), SpanMs(span) / clicks)];

    private static long SpanMs(TimeSpan? span) => (long)(span ?? TimeSpan.FromMinutes(10)).TotalMilliseconds;

    /// <summary>Sends the records over some seconds, so that a disturbance hits clicks under way.</summary>
    public Task SendAsync(TimeSpan over, CancellationToken cancel)
    {
        return Task.Run(
            async () =>
            {
                foreach (LiveRecord[] slice in Records.Chunk(Records.Length / Slices + 1))
                {
                    lab.Log.SendAll(slice);
                    await Task.Delay(over / Slices, cancel);
                }
            },
            cancel
        );
    }

    /// <summary>Waits until progress reaches a share of the clicks.</summary>
    public Task ReachAsync(double share) =>
        LiveWait.UntilAsync(
            $"progress is at {share:P0}",
            async () => await lab.Redis.ProgressAsync("engine") >= share * clicks,
            TimeSpan.FromSeconds(90)
        );

    /// <summary>Runs the engine to the log's end, then another group undisturbed, and compares their results.</summary>
    public async Task AgreesAsync()
    {
        CommandRun last = await lab.RunUntilIdleAsync(lab.Redis);
        await AgreesWithUndisturbedAsync(last.ToString());
    }

    public async Task AgreesWithUndisturbedAsync(string output)
    {
        LiveResults calm = await lab.AnotherRedisAsync(Redises.Any);
        // Another group also has its own standings and signatures.
        await calm.Database.StringSetAsync(
            $"{Lab.Second}settings-base:calm",
            await lab.Redis.Database.StringGetAsync("settings-base:engine")
        );
        await lab.RunUntilIdleAsync(calm, "--group", "calm", "--prefix", Lab.Second);
        Outcome disturbed = await Outcome.OfAsync(lab.Redis, "engine"),
            undisturbed = await Outcome.OfAsync(calm, "calm", Lab.Second);
        (int verdicts, _, _, _) = LiveEvents.MixedCounts(clicks);
        Assert.Equal(verdicts, undisturbed.Verdicts.Count);
        Assert.Equal(verdicts, undisturbed.Total("campaign", "clicks"));
        Assert.True(
            disturbed.Total("campaign", "clicks") == verdicts,
            $"the disturbed run counted {disturbed.Total("campaign", "clicks")} of {verdicts} clicks: {output}"
        );
        disturbed.MustEqual(undisturbed);
    }
}
