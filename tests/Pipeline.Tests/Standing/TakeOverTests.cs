using Pipeline.Tests.Join;
using Tests.Support;
using Xunit;

namespace Pipeline.Tests.Standing;

/// <summary>A partition that is taken over in mid-log judges as the engine did that never stopped.</summary>
public sealed class TakeOverTests
{
    /// <summary>
    /// Sums decide about clicks, and these about sums; what is asked to confirm is remembered from the part that is
    /// only read again.
    /// </summary>
    private static readonly Dictionary<string, string> Settings = new(RandomLog.Settings)
    {
        ["rule/bad"] =
            """{"when":"click.publisher == 'pub-4' || int(network.clicks) % 7 == 3","then":{"class":"sivt"},"order":3}""",
        ["rule/ask"] =
            """{"when":"int(network.clicks) % 2 == 0","then":{"class":"suspect","action":"confirm","billable":false},"order":4}""",
        ["limits/time"] = """{"duplicates_ms":60000}""",
        // Windows longer than what is read again here, and the index of replays, which is filled from its own topic.
        ["reason/rate.pair"] = """{"off":true}""",
        ["reason/cursor.replay"] = """{"off":true}""",
    };

    [Theory]
    [InlineData(1, 3_000)]
    [InlineData(2, 4_000)]
    [InlineData(3, 5_000)]
    [InlineData(4, 5_500)]
    public void Read_again_from_the_middle_a_log_gives_the_verdicts_of_an_undisturbed_run(int seed, int cut)
    {
        LogRecord[] log = [.. RandomLog.Make(seed, 6_000).Select(record => record with { Partition = 0 })];
        long progress = log[..cut].Max(record => record.Timestamp);
        // The longest window that decides here is a minute, and so is the memory of ids.
        int from = Array.FindIndex(log, record => record.Timestamp >= progress - 240_000);
        Assert.True(from > 0);
        using var calm = new PipelineRun(new RunOptions { Base = Settings });
        calm.Process(log[..cut]);
        (int before, int confirmed, (string Key, byte[] Value)[] standings) = (
            calm.Verdicts.Count,
            calm.Confirmations.Count,
            [.. calm.Standings]
        );
        calm.Process(log[cut..]);
        Assert.True(calm.Confirmations.Count > confirmed);

        using var taken = new PipelineRun(new RunOptions { Base = Settings });
        taken.TakeOver(0, from, cut, standings);
        taken.Process(log[from..]);
        Assert.Equal(calm.Verdicts.Skip(before), taken.Verdicts);
        // So are the sums that later owners go by, once all that changed is written, but for the moment at which it is.
        foreach (PipelineRun run in new[] { calm, taken })
        {
            foreach (int minute in (int[])[1, 2, 3])
            {
                run.PassTo(log.Max(record => record.Timestamp) + minute * 60_001);
            }
        }

        Assert.Equal(Last(calm.Standings), Last([.. standings, .. taken.Standings]));
    }

    private static SortedDictionary<string, string> Last(IEnumerable<(string Key, byte[] Value)> standings)
    {
        var last = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string key, byte[] value) in standings)
        {
            last[key] = System.Text.Encoding.UTF8.GetString(value).Split(",\"covers\"")[0];
        }

        return last;
    }
}
