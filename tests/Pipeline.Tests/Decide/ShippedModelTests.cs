using System.Globalization;
using Engine.Pipeline.Settings;
using Tests.Support;
using Xunit;

namespace Pipeline.Tests.Decide;

/// <summary>What the shipped settings and models say of clicks that a network might really send.</summary>
public sealed class ShippedModelTests
{
    private static readonly string[] Folders =
    [
        Path.Combine(SharedData.Repository, "configs", "lists"),
        Path.Combine(SharedData.Repository, "models", "Artifacts"),
    ];

    [Theory]
    [InlineData(500)]
    [InlineData(3_000)]
    [InlineData(60_000)]
    public void Two_clicks_with_only_the_required_fields_are_valid(int apartMs)
    {
        using var run = new PipelineRun(
            new RunOptions
            {
                Base = Shipped(),
                Folders = Folders,
            }
        );
        run.Process([Sparse("c-1", "cmp-1", 0), Sparse("c-2", "cmp-2", apartMs)], () => 2);
        Assert.Equal("valid", run.Verdict("c-1").GetProperty("class").GetString());
        Assert.Equal("valid", run.Verdict("c-2").GetProperty("class").GetString());
    }

    private static Dictionary<string, string> Shipped() =>
        SettingsFolder
            .Read([Path.Combine(SharedData.Repository, "configs", "settings")])
            .Where(record => SettingParser.Kinds.Contains(record.Key.Split('/')[0]))
            .ToDictionary();

    private static LogRecord Sparse(string id, string campaign, int afterMs)
    {
        string time = (Events.Start + afterMs).ToString(CultureInfo.InvariantCulture);
        return LogRecord.Of(
            0,
            Events.Start + afterMs,
            $$"""{"type":"click","id":"{{id}}","time":{{time}},"ip":"203.0.113.9","publisher":"pub-1","campaign":"{{campaign}}"}""",
            "203.0.113.0/24"
        );
    }
}
