using Engine.Contracts.Settings;
using Engine.Pipeline.Settings;
using Engine.Workflows.Priority.Settings;
using Xunit;

namespace Workflows.Tests.Priority;

/// <summary>A level that a person sets for an instance until a time.</summary>
public sealed class OverrideTests
{
    private const string Key = "override/p/i";

    private static string Until(long ms, int level = 10) =>
        $$"""{"level":{{level}},"until":{{DeciderRun.Start + ms}},"because":"the customer called"}""";

    [Fact]
    public void It_holds_at_once_until_its_time_and_the_context_follows()
    {
        var log = new ProcessLog().Started(context: """{"tier":"silver"}""").Started("other");
        Assert.Equal(5, log.Level());
        log.At(100).Run.Setting(Key, Until(30_000));
        log.Past(2_200);
        Assert.Equal((10, "override"), (log.Level(), log.Directive()));
        Assert.Equal(5, log.Record().GetProperty("base").GetInt32());
        Assert.Equal(10e13 - DeciderRun.Start, log.Queue()["i"]);
        Assert.Equal(3, log.Level("other"));

        // The context goes on, and comes into force at its end, at once.
        log.At(29_500).Context("""{"tier":"gold"}""");
        Assert.Equal(10, log.Level());
        log.Past(29_999);
        Assert.Equal(10, log.Level());
        log.Past(30_000);
        Assert.Equal((8, "tier"), (log.Level(), log.Directive()));
        Assert.Equal(8e13 - DeciderRun.Start, log.Queue()["i"]);
    }

    [Fact]
    public void It_ends_when_its_record_is_deleted()
    {
        var log = new ProcessLog().Started();
        log.At(100).Run.Setting(Key, Until(3_600_000, level: 1));
        log.Past(2_200);
        Assert.Equal(1, log.Level());
        log.At(3_000).Run.Setting(Key, null);
        log.Past(5_100);
        Assert.Equal((3, "default"), (log.Level(), log.Directive()));
    }

    [Fact]
    public void An_instance_that_starts_under_it_has_it_from_its_start_and_waiting_does_not_raise_it()
    {
        var log = new ProcessLog(("process/p", ProcessLog.Example), (Key, Until(150_000, level: 4)));
        log.Started();
        // The band has no 4: of 3 and 5, as near, the higher.
        Assert.Equal((5, "override"), (log.Level(), log.Directive()));
        Assert.Single(log.Said());
        log.Past(149_999);
        Assert.Equal(5, log.Level());
        // Two steps of a minute have passed from 3 on.
        log.Past(150_000);
        Assert.Equal(8, log.Level());
    }

    [Theory]
    [InlineData("override/p", "isn't of the form override/<process>/<instance>")]
    [InlineData("override/p/i", "'level' is missing", """{"until":1}""")]
    [InlineData("override/p/i", "'until' is missing: an override ends", """{"level":1}""")]
    [InlineData("override/p/i", "'level' is 901", """{"level":901,"until":1}""")]
    public void What_is_wrong_is_told(string key, string told, string json = """{"level":1,"until":1}""")
    {
        SettingException e = Assert.Throws<SettingException>(() =>
            SettingParser.Parse(key, json, new SettingFiles(), [new OverrideKind()])
        );
        Assert.Contains(told, e.Message);
    }
}
