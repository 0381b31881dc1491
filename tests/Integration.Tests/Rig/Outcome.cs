using Tests.Support;
using Xunit;

namespace Integration.Tests.Rig;

/// <summary>Everything that counts in a Redis: two runs over one log must agree on it byte for byte.</summary>
public sealed record Outcome(
    SortedDictionary<string, string> Verdicts,
    SortedDictionary<string, string> Totals,
    SortedDictionary<string, string> Progress
)
{
    public static async Task<Outcome> OfAsync(LiveResults redis, string group, string prefix = "")
    {
        SortedDictionary<string, string> progress = new(StringComparer.Ordinal);
        // What the clicks' logs came to: of `processes` engines write themselves, as long as campaigns lose more than
        // their limit.
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

    /// <summary>Sums of one field of campaigns' or publishers' totals.</summary>
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

/// <summary>
/// A run that is disturbed while a log grows, and afterwards an undisturbed one of another group over the very same log
/// with the same base, which must come to the same.
/// </summary>
/// <param name="span">From the first click to the last, about now; ten minutes where it isn't given.</param>
public sealed class Disturbed(Lab lab, int clicks, TimeSpan? span = null)
{
    private const int Slices = 60;

    public LiveRecord[] Records { get; } =
    [.. LiveEvents.Mixed(clicks, LiveEvents.Now - SpanMs(span), SpanMs(span) / clicks)];

    private static long SpanMs(TimeSpan? span) => (long)(span ?? TimeSpan.FromMinutes(10)).TotalMilliseconds;

    /// <summary>Sends them over some seconds, so that whatever disturbs meets clicks under way.</summary>
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

    /// <summary>Waits until progress has come so far.</summary>
    public Task ReachAsync(double share) =>
        LiveWait.UntilAsync(
            $"progress is at {share:P0}",
            async () => await lab.Redis.ProgressAsync("engine") >= share * clicks,
            TimeSpan.FromSeconds(90)
        );

    /// <summary>Runs the engine to the log's end, then another group undisturbed, and compares.</summary>
    public async Task AgreesAsync()
    {
        CommandRun last = await lab.RunUntilIdleAsync(lab.Redis);
        await AgreesWithUndisturbedAsync(last.ToString());
    }

    public async Task AgreesWithUndisturbedAsync(string said)
    {
        LiveResults calm = await lab.AnotherRedisAsync(Redises.Any);
        // A group of its own has standings and signatures of its own, too.
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
            $"the disturbed run counted {disturbed.Total("campaign", "clicks")} clicks of {verdicts}; it said: {said}"
        );
        disturbed.MustEqual(undisturbed);
    }
}
