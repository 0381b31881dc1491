using System.Net.Http.Json;
using System.Text.Json;
using Engine.App.Quality;
using Engine.Client;
using Engine.Pipeline.History;
using Engine.Primitives;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests;

/// <summary><c>engine quality</c>: precision, recall and calibration by the labels that came.</summary>
public class QualityTests
{
    private static LabelEvent Label(string click, bool valid, string source = "analyst", double weight = 1) =>
        new()
        {
            Click = click,
            Time = 0,
            Valid = valid,
            Source = source,
            Weight = weight,
        };

    private static Verdict Decided(string click, string @class, double score, string model, params string[] reasons) =>
        new()
        {
            Click = click,
            Class = @class,
            Score = score,
            Band = "",
            Action = "",
            Billable = true,
            Reasons = reasons,
            Evidence = [],
            Path = "none",
            Time = null,
            At = null,
            Model = model,
            Settings = "s-base",
        };

    [Fact]
    public void The_last_label_of_a_source_counts_and_the_most_weight_decides()
    {
        var book = new LabelBook();
        book.Add(Label("changed", false), 1);
        book.Add(Label("changed", true), 2);
        book.Add(Label("older", true), 5);
        book.Add(Label("older", false), 4);
        book.Add(Label("two", true, "a", 0.5), 1);
        book.Add(Label("two", false, "b", 2), 1);
        book.Add(Label("even", true, "a"), 1);
        book.Add(Label("even", false, "b"), 1);
        book.Add(Label("taken-back", false), 1);
        book.Add(Label("taken-back", false, weight: 0), 2);
        Assert.Equal(
            [("changed", false), ("older", false), ("two", true)],
            book.Decided().OrderBy(click => click.Click, StringComparer.Ordinal)
        );
        Assert.Equal((10, 5), (book.Labels, book.Clicks));
    }

    [Fact]
    public void Figures_are_those_of_a_table_worked_out_by_hand()
    {
        var book = new LabelBook();
        foreach (
            (string click, bool valid) in new[]
            {
                ("a", false),
                ("b", false),
                ("c", true),
                ("d", true),
                ("e", false),
                ("f", true),
            }
        )
        {
            book.Add(Label(click, valid), 1);
        }

        QualityReport report = QualityReport.Of(
            book,
            new[]
            {
                Decided("a", "sivt", 0.95, "m1", "rate.ip", "model"),
                Decided("b", "sivt", 1.0, "m1", "model"),
                Decided("c", "suspect", 0.85, "m1", "model"),
                Decided("d", "valid", 0.05, "m2"),
                Decided("e", "valid", 0.15, "m2"),
            }.ToDictionary(verdict => verdict.Click)
        );
        Assert.Equal((5, 3, 1), (report.Compared, report.Invalid, report.WithoutVerdict));
        Assert.Equal((3, 2), (report.Called.Clicks, report.Called.Invalid));
        Assert.Equal(2 / 3.0, report.Called.Precision!.Value, 12);
        Assert.Equal(2 / 3.0, report.Called.Recall!.Value, 12);
        QualityRow model = report.Reasons.Single(row => row.Name == "model"),
            rate = report.Reasons.Single(row => row.Name == "rate.ip");
        Assert.Equal((3L, 2L), (model.Clicks, model.Invalid));
        Assert.Equal((0.95 + 1 + 0.85) / 3, model.MeanScore!.Value, 12);
        Assert.Equal((1.0, 1 / 3.0), (rate.Precision!.Value, rate.Recall!.Value));
        Assert.Equal([0, 2, 1, 2], report.Classes.Select(row => row.Clicks));
        ModelQuality m1 = report.Models[0],
            m2 = report.Models[1];
        Assert.Equal(("m1", "m2"), (m1.Model, m2.Model));
        Assert.Equal(
            [(0.8, 1L, 0.85, 0.0), (0.9, 2L, 0.975, 1.0)],
            m1.Calibration.Select(bin =>
                (Math.Round(bin.From, 9), bin.Clicks, Math.Round(bin.MeanScore, 9), bin.InvalidShare)
            )
        );
        Assert.Equal((0.85 + 2 * 0.025) / 3, m1.CalibrationError!.Value, 9);
        Assert.Equal((0.05 + 0.85) / 2, m2.CalibrationError!.Value, 9);
        Assert.Null(m2.Called.Precision);
        Assert.Equal(0, m2.Called.Recall);
    }

    [Theory]
    [InlineData(0, 10, 0, 0.2775)]
    [InlineData(10, 10, 0.7225, 1)]
    [InlineData(5, 10, 0.2366, 0.7634)]
    [InlineData(81, 263, 0.2553, 0.3662)] // Newcombe 1998, table I
    public void Intervals_are_Wilsons(long hits, long of, double low, double high)
    {
        (double l, double h) = WilsonInterval.Of(hits, of);
        Assert.Equal(low, l, 1e-4);
        Assert.Equal(high, h, 1e-4);
    }

    [Fact]
    public async Task Labels_in_Kafka_meet_verdicts_in_Redis_on_the_command_line_and_by_HTTP()
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Any);
        long now = LiveEvents.Now;
        lab.Log.SendAll([
            LiveEvents.Click(
                "bot",
                now,
                "198.51.100.7",
                ""","ua":"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)" """.TrimEnd()
            ),
            LiveEvents.Click("clean", now),
            LiveEvents.Click("unlabelled", now, "192.0.2.4"),
        ]);
        LiveRecord Said(string click, bool valid, string source = "analyst") =>
            new(
                "labels",
                click,
                $$"""{"type":"label","click":"{{click}}","time":{{now}},"valid":{{(valid ? "true" : "false")}},"source":"{{source}}"}""",
                now
            );
        lab.Log.SendAll([
            Said("bot", true),
            Said("clean", true),
            Said("never-sent", false),
            Said("bot", false),
            new LiveRecord("labels", "x", "{", now),
        ]);
        await using EngineRun run = await lab.StartAsync();
        foreach (string click in new[] { "bot", "clean" })
        {
            await lab.VerdictAsync(click);
        }

        CommandRun table = await Programs.EngineAsync(
            "quality",
            "--kafka",
            lab.Brokers,
            "--redis",
            lab.Redis.Address,
            "--config",
            lab.Config
        );
        Assert.True(table.ExitCode == 0, table.ToString());
        Assert.Contains("4 labels of 3 clicks; compared 2, of which 1 are invalid", table.Out);
        Assert.Contains("1 labelled clicks have no verdict", table.Out);
        Assert.Contains("1 records aren't labels", table.Out);
        Assert.Matches(@"(?m)^list\.crawler +1 +1 +1\.0000 +0\.2065-1\.0000 +1\.0000", table.Out);

        CommandRun json = await Programs.EngineAsync(
            "quality",
            "--json",
            "--kafka",
            lab.Brokers,
            "--redis",
            lab.Redis.Address,
            "--config",
            lab.Config
        );
        JsonElement report = JsonDocument.Parse(json.Out).RootElement;
        Assert.Equal(
            (2, 1, 1),
            (
                report.GetProperty("compared").GetInt32(),
                report.GetProperty("invalid").GetInt32(),
                report.GetProperty("without_verdict").GetInt32()
            )
        );
        using var client = new HttpClient();
        JsonElement served = await client.GetFromJsonAsync<JsonElement>(
            $"http://{run.Http}/v1/quality",
            TestContext.Current.CancellationToken
        );
        Assert.Equal(report.GetRawText(), served.GetRawText());
    }
}
