using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Engine.CommandLine;
using Ingest.Replay;
using Ingest.Sending;
using Ingest.Tests.Rig;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Ingest.Tests.Replay;

public class ReplayTests
{
    private const long Now = 1_800_000_000_000;

    private static string Click(string id, long time, string ip = "203.0.113.9") =>
        $$"""{"type":"click","id":"{{id}}","time":{{time}},"ip":"{{ip}}","publisher":"p","campaign":"c"}""";

    private static FakeTimeProvider Clock() => new(DateTimeOffset.FromUnixTimeMilliseconds(Now));

    private static List<(string Id, long Time, long Stamp)> Seen(InProcessCluster cluster, int count) =>
        [
            .. cluster
                .Read(count)
                .OrderBy(record => record.Message.Timestamp.UnixTimestampMs)
                .Select(record =>
                {
                    JsonElement json = JsonDocument.Parse(record.Message.Value).RootElement;
                    return (
                        json.GetProperty("id").GetString()!,
                        json.GetProperty("time").GetInt64(),
                        record.Message.Timestamp.UnixTimestampMs
                    );
                }),
        ];

    [Fact]
    public async Task Files_are_merged_by_time_and_moved_so_that_the_last_event_is_now()
    {
        using var folder = new Folder();
        using var cluster = new InProcessCluster();
        string first = folder.Write("a.jsonl", Click("a1", 1000), Click("a2", 5000)),
            second = folder.Write("b.jsonl", Click("b2", 9000), Click("b1", 3000));
        Run run = await Run.Async(Clock(), "replay", first, second, "--kafka", cluster.Address);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            [
                ("a1", Now - 8000, Now - 8000),
                ("b1", Now - 6000, Now - 6000),
                ("a2", Now - 4000, Now - 4000),
                ("b2", Now, Now),
            ],
            Seen(cluster, 4)
        );
        // One network is one partition, so its order is the order of sending.
        Assert.Equal(
            ["a1", "b1", "a2", "b2"],
            cluster
                .Read(4)
                .Select(record => JsonDocument.Parse(record.Message.Value).RootElement.GetProperty("id").GetString())
        );
    }

    [Fact]
    public async Task Kept_times_stay_and_gzip_is_read()
    {
        using var folder = new Folder();
        using var cluster = new InProcessCluster();
        string file = Path.Combine(folder.Path, "a.jsonl.gz");
        await using (var gzip = new GZipStream(File.Create(file), CompressionMode.Compress))
        {
            await gzip.WriteAsync(
                Encoding.UTF8.GetBytes("\uFEFF" + Click("a", 7) + "\r\n\r\n" + Click("b", 8)),
                TestContext.Current.CancellationToken
            );
        }

        Run run = await Run.Async(Clock(), "replay", file, "--kafka", cluster.Address, "--times", "keep");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal([("a", 7L, 7L), ("b", 8L, 8L)], Seen(cluster, 2));
    }

    [Theory]
    [InlineData("max", 0, Now - 9000)]
    [InlineData("1", Now - 1000, Now - 1000)]
    [InlineData("0.5", Now - 1000, Now - 1000)]
    [InlineData("2", Now + 4000 - 9000, Now - 5000)]
    public void Times_move_by_what_the_speed_asks_for(string text, long unused, long shift)
    {
        _ = unused;
        Assert.True(Speed.TryParse(text, out Speed speed));
        Assert.Equal(shift, speed.ShiftMs(1000, 9000, Now));
    }

    [Fact]
    public async Task Lines_that_are_no_events_are_told_of_and_the_others_are_sent()
    {
        using var folder = new Folder();
        using var cluster = new InProcessCluster();
        string file = folder.Write(
            "bad.jsonl",
            Click("a", 7),
            "{\"type\":",
            "{\"type\":\"clique\"}",
            Click("b", 8, "12"),
            Click("c", 9).Replace("\"campaign\":\"c\"", "\"a\":1")
        );
        Run run = await Run.Async(Clock(), "replay", file, "--kafka", cluster.Address);
        Assert.Equal(ExitCodes.Failed, run.ExitCode);
        Assert.Contains($"{file}:2: event: malformed JSON", run.Error);
        Assert.Contains($"{file}:3: event: type 'clique' isn't in the contract", run.Error);
        Assert.Contains($"{file}:4: click b: ip '12' isn't an address", run.Error);
        // What can be sent is sent, even where the engine will put it among the dead letters.
        Assert.Equal(2, cluster.Read(2).Count);
        Assert.Matches("refused +3", run.Out);
        Assert.Matches("to dead letters +1", run.Out);
    }

    [Fact]
    public async Task A_recorded_path_becomes_a_click_that_carries_it()
    {
        using var folder = new Folder();
        using var cluster = new InProcessCluster();
        string file = folder.Write(
            "paths.jsonl",
            """{"id":"x-1","source":"x","group":"g1","label":"bot","family":"f","points":[[0,1,2],[10,3.5,4]]}""",
            """{"id":"x-2","source":"x","group":"g1","label":"human","family":"f","points":[[0,1,2]]}"""
        );
        string events = folder.Write("a.jsonl", Click("a", 5), Click("b", 6));
        Run run = await Run.Async(Clock(), "replay", file, events, "--kafka", cluster.Address);
        Assert.Equal(0, run.ExitCode);
        List<ConsumeResult<byte[], byte[]>> records = cluster.Read(4);
        JsonElement click = records
            .Select(record => JsonDocument.Parse(record.Message.Value).RootElement)
            .Single(json => json.GetProperty("id").GetString() == "x-1");
        Assert.Equal("[[0,1,2],[10,3.5,4]]", click.GetProperty("path").GetRawText());
        Assert.Equal(
            (3.5, 4.0, "mouse", true, "x-g1"),
            (
                click.GetProperty("x").GetDouble(),
                click.GetProperty("y").GetDouble(),
                click.GetProperty("pointer").GetString(),
                click.GetProperty("expects_path").GetBoolean(),
                click.GetProperty("visitor").GetString()
            )
        );
        Assert.DoesNotContain("bot", click.GetRawText());
        Assert.StartsWith("2001:db8:", click.GetProperty("ip").GetString());
        // Paths end with the events beside them, though their own times are made up.
        Assert.Equal(Now, records.Max(record => record.Message.Timestamp.UnixTimestampMs));
        Assert.True(records.Min(record => record.Message.Timestamp.UnixTimestampMs) > Now - 3_700_000);
    }

    [Theory]
    [InlineData("clicks/iflytek.clicks.jsonl.gz")]
    [InlineData("clicks/talkingdata.clicks.jsonl.gz")]
    [InlineData("clicks/ipinyou.clicks.jsonl.gz")]
    [InlineData("clicks/ipinyou.content-requests.jsonl.gz")]
    [InlineData("paths/delbot.jsonl.gz")]
    public void Published_data_is_read_without_a_refused_line(string name)
    {
        var refused = new List<RefusedLine>();
        var file = new ReplayFile(SharedData.File(name));
        file.Scan(refused.Add);
        Assert.Empty(refused);
        Assert.Equal(file.Count, file.Events().Count());
        long before = long.MinValue;
        foreach (ReplayEvent next in file.Events())
        {
            Assert.True(next.TimeMs >= before);
            Assert.Null(next.Found.Reason);
            before = next.TimeMs;
        }
    }

    [Fact]
    public async Task Exit_codes_say_what_went_wrong()
    {
        using var folder = new Folder();
        Assert.Equal(ExitCodes.WrongUse, (await Run.Async("replay")).ExitCode);
        Assert.Equal(ExitCodes.WrongUse, (await Run.Async("replay", "x", "--speed", "-1")).ExitCode);
        Assert.Equal(ExitCodes.WrongUse, (await Run.Async("replay", "x", "--times", "bend")).ExitCode);
        Assert.Equal(ExitCodes.WrongUse, (await Run.Async("generate", "0")).ExitCode);
        Assert.Equal(ExitCodes.WrongUse, (await Run.Async("nothing")).ExitCode);
        Assert.Equal(
            ExitCodes.WrongUse,
            (await Run.Async("replay", Path.Combine(folder.Path, "none"), "--kafka", "127.0.0.1:1")).ExitCode
        );
        Assert.Equal(ExitCodes.WrongUse, (await Run.Async("replay", folder.Path, "--kafka", "127.0.0.1:1")).ExitCode);
        Run noAddress = await Run.Async("generate", "10");
        Assert.Equal(ExitCodes.Failed, noAddress.ExitCode);
        Assert.Contains("--kafka", noAddress.Error);
        Assert.Equal(0, (await Run.Async("replay", "--help")).ExitCode);
    }

    [Fact]
    public void A_running_engine_is_found_by_its_file_while_its_process_lives()
    {
        using var folder = new Folder();
        string file = folder.Write(
            "run.json",
            $$"""{"kafka":"127.0.0.1:1234","redis":"127.0.0.1:5678","http":"127.0.0.1:8080","pid":{{Environment.ProcessId}}}"""
        );
        Assert.Equal(
            new RunningEngine("127.0.0.1:1234", "127.0.0.1:5678", null, "", "127.0.0.1:8080"),
            RunningEngine.Read(file)
        );
        Assert.Null(RunningEngine.Read(folder.Write("gone.json", """{"kafka":"127.0.0.1:1234","pid":2147483646}""")));
        Assert.Null(RunningEngine.Read(folder.Write("bad.json", "{")));
        Assert.Null(RunningEngine.Read(Path.Combine(folder.Path, "none.json")));
    }
}
