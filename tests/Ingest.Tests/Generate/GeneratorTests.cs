using System.Text.Json;
using Engine.Client.Checks;
using Engine.Workflows;
using Engine.Workflows.ContentRequests.Traffic;
using Engine.Workflows.Module.Traffic;
using Engine.Workflows.Priority.Traffic;
using Ingest.Generate;
using Ingest.Tests.Rig;
using Xunit;

namespace Ingest.Tests.Generate;

public class GeneratorTests
{
    private const long End = 1_763_769_600_000;

    private static SampleTraffic Traffic(ulong seed = 1, int clicks = 5000) =>
        new(seed, clicks, End, SampleTraffic.DefaultSpan);

    [Fact]
    public void The_same_seed_gives_the_same_bytes_and_another_gives_other_ids()
    {
        SampleEvent[] one = [.. Traffic(clicks: 800)],
            again = [.. Traffic(clicks: 800)],
            other = [.. Traffic(seed: 2, clicks: 800)];
        Assert.Equal(one.Length, again.Length);
        for (int i = 0; i < one.Length; i++)
        {
            Assert.Equal(one[i].Json, again[i].Json);
        }

        Assert.Empty(one.Select(sample => sample.Click).Intersect(other.Select(sample => sample.Click)));
    }

    [Fact]
    public void Events_come_in_order_of_time_within_the_span()
    {
        long before = End - (long)SampleTraffic.DefaultSpan.TotalMilliseconds;
        foreach (SampleEvent next in Traffic())
        {
            Assert.InRange(next.TimeMs, before, End);
            before = next.TimeMs;
        }
    }

    [Fact]
    public void Each_actor_has_its_share_and_the_number_of_clicks_is_the_one_asked_for()
    {
        SampleEvent[] clicks = [.. Traffic().Where(sample => sample.Invalid is not null)];
        Assert.Equal(5000, clicks.Length);
        foreach ((string actor, double share) in SampleTraffic.Shares)
        {
            Assert.Equal(share, clicks.Count(click => click.Actor == actor) / 5000.0, 0.001);
        }
        Assert.Equal(1, SampleTraffic.Shares.Sum(actor => actor.Share), 0.0001);
        Assert.Equal(0.7, clicks.Count(click => click.Actor.StartsWith("person.")) / 5000.0, 0.01);
        Assert.All(clicks.Where(click => click.Actor.StartsWith("person.")), click => Assert.False(click.Invalid));
        Assert.Equal(5000, clicks.Select(click => click.Click).Distinct().Count());
    }

    [Fact]
    public void All_but_the_mistakes_are_good_events_with_the_key_and_the_time_that_they_claim()
    {
        foreach (SampleEvent next in Traffic().Where(sample => sample.Actor != "malformed"))
        {
            CheckedEvent found = EventCheck.Inspect(next.Json, WorkflowEvents.All);
            Assert.True(found.Reason is null, found.Describe());
            Assert.Equal((next.Topic, next.Key, next.Type), (found.Topic, found.Key, found.Type));
            Assert.InRange(next.TimeMs - found.Time!.Value, 0, 10_000); // a repeat has its first's time
        }
    }

    [Fact]
    public void Mistakes_are_of_every_kind()
    {
        string?[] reasons =
        [
            .. Traffic()
                .Where(sample => sample.Actor == "malformed")
                .Select(sample => EventCheck.Inspect(sample.Json, WorkflowEvents.All).Reason)
                .Distinct(),
        ];
        foreach (
            string reason in new[]
            {
                "malformed",
                "missing-field",
                "wrong-type",
                "out-of-range",
                "too-large",
                "unknown-type",
            }
        )
        {
            Assert.Contains(reason, reasons);
        }

        Assert.All(reasons, Assert.NotNull);
    }

    [Fact]
    public void A_path_ends_where_its_click_lies_and_comes_every_way_that_paths_come()
    {
        var clicks = new Dictionary<string, JsonElement>();
        var paths = new Dictionary<string, (JsonElement Path, long Time)>();
        foreach (SampleEvent next in Traffic().Where(sample => sample.Actor != "malformed"))
        {
            JsonElement json = JsonDocument.Parse(next.Json).RootElement;
            if (next.Type == "click")
            {
                clicks[next.Click] = json;
            }
            else
            {
                paths.Add(next.Click, (json.GetProperty("points"), next.TimeMs));
            }
        }
        int on = 0,
            before = 0,
            after = 0,
            late = 0,
            never = 0;
        foreach ((string id, JsonElement click) in clicks)
        {
            bool has = click.TryGetProperty("path", out JsonElement path),
                separate = paths.TryGetValue(id, out (JsonElement Path, long Time) own);
            Assert.False(has && separate);
            bool expects = click.GetProperty("expects_path").GetBoolean();
            Assert.True(expects || !(has || separate));
            if (!has && !separate)
            {
                if (expects)
                {
                    never++;
                }

                continue;
            }
            JsonElement last = (has ? path : own.Path).EnumerateArray().Last(),
                first = (has ? path : own.Path)[0];
            Assert.Equal(0, first[0].GetDouble());
            Assert.Equal(
                (click.GetProperty("x").GetDouble(), click.GetProperty("y").GetDouble()),
                (last[1].GetDouble(), last[2].GetDouble())
            );
            long gap = own.Time - click.GetProperty("time").GetInt64();
            if (has)
            {
                on++;
            }
            else if (gap < 0)
            {
                before++;
            }
            else if (gap <= 2000)
            {
                after++;
            }
            else
            {
                late++;
            }
        }
        Assert.All([on, before, after, late, never], count =>
            Assert.True(count >= 10, $"{on} {before} {after} {late} {never}")
        );
    }

    [Fact]
    public void A_replayed_path_is_the_same_shape_from_many_networks()
    {
        var networks = Traffic()
            .Where(sample => sample.Actor == "robot.replay" && sample.Type == "click")
            .Select(sample => sample.Key)
            .ToList();
        Assert.True(networks.Distinct().Count() > networks.Count * 0.8);
    }

    [Fact]
    public async Task The_command_writes_labels_and_events_and_sends_what_it_writes()
    {
        using var folder = new Folder();
        using var cluster = new InProcessCluster();
        string labels = Path.Combine(folder.Path, "labels.csv"),
            events = Path.Combine(folder.Path, "events.jsonl");
        Run sent = await Run.Async("generate", "300", "--seed", "5", "--kafka", cluster.Address, "--labels", labels);
        Assert.Equal((0, ""), (sent.ExitCode, sent.ExitCode == 0 ? "" : sent.Error));
        string[] lines = File.ReadAllLines(labels);
        Assert.Equal("click,label,kind", lines[0]);
        Assert.Equal(301, lines.Length);
        Assert.All(lines.Skip(1), line => Assert.Matches("^c-[0-9a-f]{16},[01],[a-z.-]+$", line));

        Run written = await Run.Async("generate", "300", "--seed", "5", "--out", events);
        Assert.Equal(0, written.ExitCode);
        int count = new SampleTraffic(5, 300, End, SampleTraffic.DefaultSpan).Count();
        Assert.Equal(count, cluster.Read(count).Count);
    }

    [Fact]
    public async Task Processes_are_sent_beside_the_clicks_each_under_its_instance()
    {
        using var cluster = new InProcessCluster();
        Run sent = await Run.Async("generate", "100", "--seed", "5", "--kafka", cluster.Address, "--processes", "20");
        Assert.Equal((0, ""), (sent.ExitCode, sent.ExitCode == 0 ? "" : sent.Error));
        Assert.Contains("process-started", sent.Out);
        SampleEvent[] played = [.. new ProcessTraffic().Play(Of(5, 20, 60_000))];
        Assert.Equal(played.OrderBy(e => e.TimeMs).Select(e => e.TimeMs), played.Select(e => e.TimeMs));
        Assert.All(played, e => Assert.InRange(e.TimeMs, End - 60_000, End));
        Assert.Equal(20, played.Select(e => e.Key).Distinct().Count());
        foreach (SampleEvent e in played)
        {
            CheckedEvent found = EventCheck.Inspect(e.Json, WorkflowEvents.All);
            Assert.Equal((null, e.Type, e.Topic, e.Key), (found.Reason, found.Type, found.Topic, found.Key));
        }
        var read = cluster.Read(played.Length, Engine.Contracts.Topics.Processes);
        Assert.Equal(
            played.Select(e => e.Key).Order(),
            read.Select(record => System.Text.Encoding.UTF8.GetString(record.Message.Key)).Order()
        );
    }

    [Fact]
    public void Pages_ask_for_content_by_definitions_and_in_ways_that_recur()
    {
        SampleEvent[] requests = [.. new ContentRequestTraffic().Play(Of(3, 400))],
            again = [.. new ContentRequestTraffic().Play(Of(3, 400))];
        Assert.Equal(400, requests.Select(request => request.Click).Distinct().Count());
        Assert.Equal(requests.Select(request => request.Json), again.Select(request => request.Json));
        long before = End - (long)SampleTraffic.DefaultSpan.TotalMilliseconds;
        foreach (SampleEvent next in requests)
        {
            Assert.InRange(next.TimeMs, before, End);
            before = next.TimeMs;
            CheckedEvent found = EventCheck.Inspect(next.Json, WorkflowEvents.All);
            Assert.Equal((null, next.Topic, next.Key, next.Type), (found.Reason, found.Topic, found.Key, found.Type));
        }
        string all = string.Concat(requests.Select(request => System.Text.Encoding.UTF8.GetString(request.Json)));
        Assert.All(["[320,50]", "green", "news/weather/top", "news.example.evil"], habit =>
            Assert.True(all.Split(habit).Length > 10, habit)
        );
    }

    [Fact]
    public void Clicks_and_requests_come_as_one_stream_in_order_of_time()
    {
        IEnumerable<SampleEvent> requests = new ContentRequestTraffic().Play(Of(3, 50));
        SampleEvent[] all = [.. EventStreams.MergeByTime(Traffic(clicks: 500), requests)];
        Assert.Equal(all.OrderBy(one => one.TimeMs).Select(one => one.TimeMs), all.Select(one => one.TimeMs));
        Assert.Equal(Traffic(clicks: 500).Count() + 50, all.Length);
    }

    private static TrafficRequest Of(ulong seed, int count, long? spanMs = null) =>
        new(
            seed,
            count,
            End - (spanMs ?? (long)SampleTraffic.DefaultSpan.TotalMilliseconds),
            End,
            "",
            null,
            new Dictionary<string, string>(),
            TimeProvider.System
        );
}
