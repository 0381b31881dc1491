using System.Xml.Linq;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests;

/// <summary><c>engine path</c>: what it finds in the log, and what it says where it finds nothing.</summary>
public class PathPictureTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private static async Task<CommandRun> PathAsync(Lab lab, string click, params string[] more) =>
        await Programs.RunAsync(
            "engine",
            lab.Folder.Path,
            ["path", click, "--kafka", lab.Brokers, "--redis", lab.Redis.Address, "--config", lab.Config, .. more]
        );

    /// <summary>A path of <see cref="LiveEvents.Points"/> with all places moved.</summary>
    private static string Moved(string points, int dx, int dy) =>
        "["
        + string.Join(
            ',',
            System
                .Text.Json.JsonDocument.Parse(points)
                .RootElement.EnumerateArray()
                .Select(point =>
                    FormattableString.Invariant(
                        $"[{point[0]},{point[1].GetDouble() + dx:0.#},{point[2].GetDouble() + dy:0.#}]"
                    )
                )
        )
        + "]";

    private static double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static int Dots(XDocument picture) =>
        picture.Descendants(Svg + "circle").Count(circle => circle.Attribute("r")!.Value == "1.6");

    [Fact]
    public async Task A_path_is_drawn_from_the_click_or_from_beside_it_over_the_one_that_it_replays()
    {
        await using Lab lab = await Lab.EmbeddedAsync(
            Redises.Any,
            new EngineYaml { SessionMs = 3000, Complete = true }
        );
        long now = LiveEvents.Now;
        string points = LiveEvents.Points("first");
        // In a partition's order: other clicks' paths and records that are none lie between.
        lab.Log.SendAll([
            LiveEvents.Click("early", now - 60_000),
            LiveEvents.Path("beside", now - 50_000),
            LiveEvents.Click(
                "first",
                now - 30_000,
                more: $""","pointer":"mouse","expects_path":true,"path":{points}"""
            ),
            LiveEvents.Click(
                "again",
                now - 20_000,
                "203.0.113.99",
                $""","pointer":"mouse","expects_path":true,"path":{Moved(points, 40, -25)}"""
            ),
            LiveEvents.Path("before", now - 10_500),
            LiveEvents.Expecting("before", now - 10_000),
            LiveEvents.Expecting("beside", now - 5_000),
            LiveEvents.Path("other", now - 4_900),
            new LiveRecord("interactions", "203.0.113.0/24", "{", now - 4_800),
            LiveEvents.Path("beside", now - 4_500),
            LiveEvents.Expecting("never", now - 3_000),
            LiveEvents.Click(
                "late/../x",
                now,
                more: $""","pointer":"mouse","expects_path":true,"path":{LiveEvents.Points("late")}"""
            ),
        ]);
        await lab.RunUntilIdleAsync(lab.Redis);

        CommandRun run = await PathAsync(lab, "first");
        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Contains("first.svg: 14 points", run.Out);
        XDocument first = XDocument.Load(lab.Folder.File("first.svg"));
        Assert.Equal(14, Dots(first));
        Assert.Equal(13, first.Descendants(Svg + "line").Count());
        Assert.True(
            first.Descendants(Svg + "line").Select(line => line.Attribute("stroke")!.Value).Distinct().Count() > 3,
            "vectors of many speeds have many colours"
        );
        Assert.Empty(first.Descendants(Svg + "polyline"));

        run = await PathAsync(lab, "again", "--out", lab.Folder.File("a.svg"));
        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Contains("over the path of click first", run.Out);
        XDocument again = XDocument.Load(lab.Folder.File("a.svg"));
        // Moved back over each other, the dots of one lie on the line of the other.
        (double X, double Y)[] under =
        [
            .. again
                .Descendants(Svg + "polyline")
                .Single()
                .Attribute("points")!
                .Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(pair => pair.Split(','))
                .Select(pair => (Number(pair[0]), Number(pair[1]))),
        ];
        (double X, double Y)[] over =
        [
            .. again
                .Descendants(Svg + "circle")
                .Where(circle => circle.Attribute("r")!.Value == "1.6")
                .Select(circle => (Number(circle.Attribute("cx")!.Value), Number(circle.Attribute("cy")!.Value))),
        ];
        Assert.Equal(over.Length, under.Length);
        for (int i = 0; i < over.Length; i++)
        {
            Assert.Equal(over[i].X, under[i].X, 0.02);
            Assert.Equal(over[i].Y, under[i].Y, 0.02);
        }
        Assert.Contains("moved by +40, −25 px", again.ToString());

        foreach (string click in new[] { "before", "beside" })
        {
            run = await PathAsync(lab, click);
            Assert.True(run.ExitCode == 0, run.ToString());
            Assert.Equal(14, Dots(XDocument.Load(lab.Folder.File(click + ".svg"))));
        }
        Assert.Equal(0, (await PathAsync(lab, "late/../x")).ExitCode);
        Assert.True(File.Exists(lab.Folder.File("late_.._x.svg")));

        foreach (
            (string click, string says) in new[]
            {
                ("never", "never arrived"),
                ("early", "has no path"),
                ("unknown", "no verdict"),
            }
        )
        {
            run = await PathAsync(lab, click);
            Assert.True(run.ExitCode == 3, run.ToString());
            Assert.Contains(says, run.Error);
        }
    }

    [Fact]
    public async Task Without_a_place_in_the_verdict_the_setting_is_named_and_another_log_is_refused()
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Any, new EngineYaml { SessionMs = 3000, Models = false });
        await lab.Redis.Database.StringSetAsync(
            "verdict:short",
            """{"class":"valid","score":0,"band":"allow","action":"accept","billable":true,"path":"present","model":"m","settings":"s-base"}"""
        );
        await lab.Redis.Database.StringSetAsync(
            "verdict:elsewhere",
            """{"click":"elsewhere","class":"valid","score":0,"band":"allow","action":"accept","billable":true,"reasons":[],"evidence":{},"path":"present","time":1,"at":"interactions-0@7","model":"m","settings":"s-base"}"""
        );
        CommandRun run = await PathAsync(lab, "short");
        Assert.True(run.ExitCode == 3, run.ToString());
        Assert.Contains("complete_verdicts", run.Error);
        run = await PathAsync(lab, "elsewhere");
        Assert.True(run.ExitCode == 1, run.ToString());
        Assert.Contains("doesn't hold the log", run.Error);
    }
}

[Collection(RealKafka.Tests)]
public class RealKafkaPathTests(RealKafka kafka)
{
    [Fact]
    public async Task A_path_past_its_retention_is_not_there()
    {
        await using Lab lab = await Lab.RealAsync(kafka, Redises.Any, new EngineYaml { Complete = true });
        await lab.Log.MakeTopicAsync("interactions", 4);
        lab.Log.SendAll([
            LiveEvents.Click(
                "old",
                LiveEvents.Now,
                more: $""","pointer":"mouse","expects_path":true,"path":{LiveEvents.Points("old")}"""
            ),
        ]);
        await lab.RunUntilIdleAsync(lab.Redis);
        string[] command =
        [
            "path",
            "old",
            "--kafka",
            lab.Brokers,
            "--redis",
            lab.Redis.Address,
            "--config",
            lab.Config,
        ];
        CommandRun run = await Programs.RunAsync("engine", lab.Folder.Path, command);
        Assert.True(run.ExitCode == 0, run.ToString());
        using Confluent.Kafka.IAdminClient admin = new Confluent.Kafka.AdminClientBuilder(
            new Confluent.Kafka.AdminClientConfig { BootstrapServers = lab.Brokers }
        ).Build();
        await admin.DeleteRecordsAsync(
            Enumerable
                .Range(0, 4)
                .Select(i => new Confluent.Kafka.TopicPartitionOffset("interactions", i, Confluent.Kafka.Offset.End))
        );
        run = await Programs.RunAsync("engine", lab.Folder.Path, command);
        Assert.True(run.ExitCode == 3, run.ToString());
        Assert.Contains("retention", run.Error);
    }
}
