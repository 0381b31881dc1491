using System.Text;
using Engine.Pipeline.History;
using Engine.Pipeline.Settings;
using Models.Scoring;
using Tests.Support;
using Xunit;

namespace Models.Tests;

/// <summary>
/// `train-clicks`, `evaluate-clicks` and `score-clicks` where something is wrong: how they end, and what they say.
/// </summary>
public sealed class ClickCommandTests
{
    private const int Done = 0,
        Failed = 1,
        WrongUse = 2;

    private static readonly string[] Names = [.. FieldHistories.FeatureNames];

    [Theory]
    [InlineData("train-clicks")]
    [InlineData("evaluate-clicks")]
    public async Task A_file_of_clicks_or_labels_that_is_not_there_ends_with_2_and_is_named(string command)
    {
        using var folder = new LiveFolder();
        string clicks = folder.Write("clicks.jsonl", Clicks(1)),
            labels = folder.Write("labels.csv", "click,label\nc-0,1\n"),
            none = folder.File("none.jsonl");
        await Expect(WrongUse, none, command, "--clicks", none, "--labels", labels, "--out", folder.File("out"));
        await Expect(WrongUse, none, command, "--clicks", clicks, "--labels", none, "--out", folder.File("out"));
        Assert.False(File.Exists(folder.File("out")));
    }

    [Theory]
    [InlineData("train-clicks")]
    [InlineData("evaluate-clicks")]
    public async Task Clicks_without_labels_too_few_of_them_or_of_one_label_only_are_refused_with_the_numbers(
        string command
    )
    {
        using var folder = new LiveFolder();
        string clicks = folder.Write("clicks.jsonl", Clicks(250));
        string strangers = folder.Write("strangers.csv", "click,label\nanother,1\n");
        await Expect(
            Failed,
            "; 0 of ",
            command,
            "--clicks",
            clicks,
            "--labels",
            strangers,
            "--out",
            folder.File("out")
        );
        string few = folder.Write("few.csv", Labels(199, i => i % 2));
        await Expect(Failed, "; 199 of ", command, "--clicks", clicks, "--labels", few, "--out", folder.File("out"));
        string good = folder.Write("good.csv", Labels(250, _ => 0));
        await Expect(
            Failed,
            "0 of them invalid",
            command,
            "--clicks",
            clicks,
            "--labels",
            good,
            "--out",
            folder.File("out")
        );
        Assert.False(File.Exists(folder.File("out")));
    }

    [Theory]
    [InlineData("labels.csv", "click,verdict\nc-0,1\n", ":1:")]
    [InlineData("labels.csv", "click,label\nc-0,1\nc-1,bad\n", ":3:")]
    [InlineData("labels.csv", "click,label\nc-0\n", ":2:")]
    [InlineData("labels.jsonl", "{\"click\":\"c-0\",\"valid\":true}\n{\"click\":\"c-1\",\"valid\":\"no\"}\n", ":2:")]
    [InlineData("labels.jsonl", "{\"click\":\"c-0\",\"valid\":true}\n{\"click\":\n", ":2:")]
    public async Task Labels_that_cannot_be_read_end_with_1_at_file_and_line(string name, string text, string line)
    {
        using var folder = new LiveFolder();
        string clicks = folder.Write("clicks.jsonl", Clicks(1)),
            labels = folder.Write(name, text);
        await Expect(
            Failed,
            labels + line,
            "train-clicks",
            "--clicks",
            clicks,
            "--labels",
            labels,
            "--out",
            folder.File("out")
        );
    }

    [Fact]
    public async Task Options_that_are_missing_end_with_2_and_are_named()
    {
        await Expect(WrongUse, "--labels", "train-clicks", "--clicks", "clicks.jsonl", "--out", "out");
        await Expect(WrongUse, "--artefact", "score-clicks", "clicks.jsonl");
    }

    [Fact]
    public async Task An_artefact_that_does_not_fit_is_refused_before_a_click_is_scored()
    {
        using var folder = new LiveFolder();
        string clicks = folder.Write("clicks.jsonl", Clicks(2)),
            artefact = folder.File("own.artefact");
        await Expect(WrongUse, artefact, "score-clicks", "--artefact", artefact, clicks);

        Write(artefact, [.. Names[..^1], "another"]);
        string said = await Expect(Failed, "another", "score-clicks", "--artefact", artefact, clicks);
        Assert.Contains(Names[^1], said, StringComparison.Ordinal);

        Write(artefact, Names);
        await Expect(WrongUse, artefact + ModelInForce.HistoriesEnding, "score-clicks", "--artefact", artefact, clicks);
        File.WriteAllText(artefact + ModelInForce.HistoriesEnding, "weight\t6\npublisher=a\tsome\n");
        await Expect(Failed, ModelInForce.HistoriesEnding + ":2:", "score-clicks", "--artefact", artefact, clicks);

        byte[] bytes = File.ReadAllBytes(artefact);
        bytes[^40] ^= 1;
        File.WriteAllBytes(artefact, bytes);
        await Expect(Failed, "", "score-clicks", "--artefact", artefact, clicks);
    }

    [Fact]
    public async Task An_artefact_that_fits_scores_every_click_in_order_and_names_the_line_that_is_none()
    {
        using var folder = new LiveFolder();
        string artefact = folder.File("own.artefact");
        Write(artefact, Names);
        File.WriteAllText(artefact + ModelInForce.HistoriesEnding, "weight\t6\nuntil\t0\nall\t1\t2\n");
        await using LiveProcess good = Run(
            "score-clicks",
            "--artefact",
            artefact,
            folder.Write("clicks.jsonl", Clicks(3))
        );
        Assert.Equal(Done, await good.ExitAsync());
        string[] lines = good.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("id,probability_invalid", lines[0].Trim());
        Assert.Equal(["c-0", "c-1", "c-2"], lines[1..].Select(line => line.Split(',')[0]));
        Assert.All(lines[1..], line => Assert.InRange(double.Parse(line.Split(',')[1]), 0, 1));

        string broken = folder.Write("broken.jsonl", Clicks(1) + "{\"id\":\"c-1\"}\n");
        await Expect(Failed, broken + ":2:", "score-clicks", "--artefact", artefact, broken);
    }

    private static string Clicks(int count) =>
        string.Concat(
            Enumerable
                .Range(0, count)
                .Select(i =>
                    $$"""{"type":"click","id":"c-{{i}}","time":{{1795338000000 + i}},"ip":"203.0.113.9","publisher":"pub-{{i % 3}}","campaign":"cmp-1"}"""
                    + "\n"
                )
        );

    private static string Labels(int count, Func<int, int> label) =>
        new StringBuilder("click,label\n")
            .AppendJoin('\n', Enumerable.Range(0, count).Select(i => $"c-{i},{label(i)}"))
            .ToString();

    private static void Write(string file, string[] features)
    {
        Forest forest = RandomForest.Make(new Random(5), 6, features.Length, 8, 40);
        Artefact
            .Create(
                RandomForest.Header(forest.Features) with
                {
                    Features = [.. features.Select(name => new ArtefactFeature(name, "1", 0, 0, 1))],
                },
                forest
            )
            .Save(file);
    }

    /// <summary>Runs a command that fails: stderr says what, and is no stack trace.</summary>
    private static async Task<string> Expect(int code, string says, params string[] arguments)
    {
        await using LiveProcess run = Run(arguments);
        Assert.Equal(code, await run.ExitAsync());
        Assert.Contains(says, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        return run.Error;
    }

    private static LiveProcess Run(params string[] arguments) =>
        LiveProcess.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "models.dll"), .. arguments]);
}
