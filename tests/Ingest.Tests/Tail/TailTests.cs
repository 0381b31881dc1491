using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Engine.CommandLine;
using Ingest.Cli;
using Ingest.Tail;
using Ingest.Tail.Formats;
using Ingest.Tests.Rig;
using Xunit;

namespace Ingest.Tests.Tail;

/// <summary>The access-log tailer through Kafka: what becomes of lines, files, rotations and restarts.</summary>
public class TailTests
{
    private const string Agent = "Mozilla/5.0 (X11; Linux x86_64)";

    private static string Line(string id, string more = "", string status = "302", string path = "/click") =>
        $"203.0.113.9 - - [22/Nov/2026:09:00:01 +0100] \"GET {path}?id={id}&publisher=p&campaign=c{more} HTTP/1.1\" "
        + $"{status} 0 \"https://news.example/a\" \"{Agent}\"";

    private static JsonElement[] Clicks(InProcessCluster cluster, int count) =>
        [.. cluster.Read(count).Select(record => JsonDocument.Parse(record.Message.Value).RootElement)];

    private static string[] Ids(InProcessCluster cluster, int count) =>
        [.. Clicks(cluster, count).Select(click => click.GetProperty("id").GetString()!)];

    private static void HasOnly(InProcessCluster cluster, params string[] ids)
    {
        Assert.Equal(ids, Ids(cluster, ids.Length));
        Assert.Equal(ids.Length, cluster.Count());
    }

    [Fact]
    public async Task A_request_becomes_a_click_by_the_documented_mapping()
    {
        using var folder = new Folder();
        using var cluster = new InProcessCluster();
        string log = folder.Write(
            "access.log",
            Line(
                "c-1",
                "&visitor=v%2D7&placement=top&advertiser=adv"
                    + "&cost_micros=250000&target=https%3A%2F%2Fshop.example%2F%3Fa%3D1"
                    + "&pointer=mouse&x=312.5&y=88&viewport=1280x720"
                    + "&expects_path=1&device.os=Android&ip=192.0.2.1&time=1"
            )
        );
        Run run = await Run.Async("tail", log, "--kafka", cluster.Address);
        Assert.True(run.ExitCode == 0, run.ToString());
        ConsumeResult<byte[], byte[]> record = cluster.Read(1).Single();
        Assert.Equal("203.0.113.0/24", Encoding.UTF8.GetString(record.Message.Key));
        Assert.Equal(
            $$"""{"type":"click","id":"c-1","time":1795334401000,"ip":"203.0.113.9","ua":"{{Agent}}","page":"https://news.example/a","visitor":"v-7","publisher":"p","placement":"top","campaign":"c","advertiser":"adv","target":"https://shop.example/?a=1","pointer":"mouse","cost_micros":250000,"x":312.5,"y":88,"viewport":[1280,720],"expects_path":true,"device":{"os":"Android"} }""".Replace(
                "} }",
                "}}"
            ),
            Encoding.UTF8.GetString(record.Message.Value)
        );
        Assert.Equal(1795334401000, record.Message.Timestamp.UnixTimestampMs);
    }

    [Fact]
    public async Task Lines_that_cannot_be_used_are_told_of_with_file_line_and_why()
    {
        using var folder = new Folder();
        using var cluster = new InProcessCluster();
        string log = folder.Write(
            "access.log",
            Line("a"),
            "nonsense",
            Line("b").Replace("&campaign=c", ""),
            Line("c", status: "404"),
            Line("d").Replace("203.0.113.9", "host.example"),
            Line("e", path: "/other"),
            Line("f").Replace("22/Nov", "31/Feb"),
            Line("g", "&x=left"),
            $"{Line("h")[..^10]}",
            Line("i").Replace("\"GET ", "\"HEAD "),
            "",
            Line("z") + " \"and more\" 0.003"
        );
        Run run = await Run.Async("tail", log, "--kafka", cluster.Address);
        Assert.True(run.ExitCode == 0, run.ToString());
        foreach (
            string said in new[]
            {
                "2: there is no ' ' after $remote_addr: the line isn't like $remote_addr ",
                "3: click b: campaign is missing",
                "4: status 404",
                "5: click d: ip 'host.example' isn't an address",
                "7: time '31/Feb/2026:09:00:01 +0100'",
                "8: click g: x 'left' has the wrong type",
                "9: there is no '\"' after $http_user_agent",
            }
        )
        {
            Assert.Contains($"{log}:{said}", run.Error);
        }

        Assert.Matches("refused +7", run.Out);
        Assert.Matches("not clicks +2", run.Out);
        HasOnly(cluster, "a", "z");
    }

    [Fact]
    public async Task What_was_sent_is_not_sent_again_and_an_open_line_is_left_for_the_next_time()
    {
        using var folder = new Folder();
        using var cluster = new InProcessCluster();
        string log = folder.Write("access.log", Line("a"), Line("b"));
        File.AppendAllText(log, Line("c")[..40]);
        Run run = await Run.Async("tail", log, "--kafka", cluster.Address);
        Assert.Contains("isn't complete yet", run.Error);
        HasOnly(cluster, "a", "b");
        File.AppendAllText(log, Line("c")[40..] + "\nbroken\n");
        run = await Run.Async("tail", log, "--kafka", cluster.Address);
        // Lines are counted on from where it ended.
        Assert.Contains($"{log}:4: ", run.Error);
        HasOnly(cluster, "a", "b", "c");
        Assert.Matches("sent +0", (await Run.Async("tail", log, "--kafka", cluster.Address)).Out);
    }

    [Fact]
    public async Task A_log_renamed_while_nobody_read_is_read_to_its_end_first()
    {
        using var folder = new Folder();
        using var cluster = new InProcessCluster();
        string log = folder.Write("access.log", Line("a"));
        await Run.Async("tail", log, "--kafka", cluster.Address);
        File.AppendAllText(log, Line("b") + "\n");
        File.Move(log, log + ".2");
        folder.Write("access.log.1", Line("c"));
        File.SetLastWriteTimeUtc(log + ".2", DateTime.UtcNow.AddMinutes(-2));
        File.SetLastWriteTimeUtc(log + ".1", DateTime.UtcNow.AddMinutes(-1));
        folder.Write("access.log", Line("d"));
        folder.Write("access.log.error", Line("other"));
        Run run = await Run.Async("tail", log, "--kafka", cluster.Address);
        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Contains("access.log.2", run.Error);
        HasOnly(cluster, "a", "b", "c", "d");
    }

    [Fact]
    public async Task A_log_compressed_while_nobody_read_is_read_to_its_end_first()
    {
        using var folder = new Folder();
        using var cluster = new InProcessCluster();
        string log = folder.Write("access.log", Line("a"));
        await Run.Async("tail", log, "--kafka", cluster.Address);
        File.AppendAllText(log, Line("b") + "\n" + Line("c"));
        Zip(log, log + ".1.gz");
        folder.Write("access.log", Line("d"));
        Run run = await Run.Async("tail", log, "--kafka", cluster.Address);
        Assert.Contains("access.log.1.gz", run.Error);
        HasOnly(cluster, "a", "b", "c", "d");
    }

    [Fact]
    public async Task A_compressed_log_is_read_once_whatever_its_name()
    {
        using var folder = new Folder();
        using var cluster = new InProcessCluster();
        string[] ids = [.. Enumerable.Range(0, 20_000).Select(i => $"{i}")];
        string log = Path.Combine(folder.Path, "access.log");
        Zip(folder.Write("plain", [.. ids.Select(id => Line(id))]), log);
        await Run.Async("tail", log, "--kafka", cluster.Address);
        Assert.Equal(ids.Length, cluster.Count());
        Assert.Matches("sent +0", (await Run.Async("tail", log, "--kafka", cluster.Address)).Out);
        // More than before, in a file with the same beginning.
        Zip(folder.Write("plain", [.. ids.Append("more").Select(id => Line(id))]), log);
        Assert.Matches("sent +1\n", (await Run.Async("tail", log, "--kafka", cluster.Address)).Out);
    }

    [Fact]
    public async Task A_damaged_compressed_log_is_told_of_and_what_is_readable_is_sent()
    {
        using var folder = new Folder();
        using var cluster = new InProcessCluster();
        string log = Path.Combine(folder.Path, "access.log.gz");
        Zip(folder.Write("plain", [.. Enumerable.Range(0, 20_000).Select(i => Line($"{i}"))]), log);
        byte[] bytes = File.ReadAllBytes(log);
        bytes.AsSpan(bytes.Length / 2, 200).Fill(0xFF);
        File.WriteAllBytes(log, bytes);
        Run run = await Run.Async("tail", log, "--kafka", cluster.Address);
        Assert.Equal(ExitCodes.Failed, run.ExitCode);
        Assert.Contains($"{log} can't be decompressed after line ", run.Error);
        Assert.InRange(cluster.Count(), 1, 19_999);
        Assert.True(File.Exists(log + ".place"));
    }

    [Fact]
    public async Task A_format_that_is_not_known_leaves_the_log_unread()
    {
        using var folder = new Folder();
        using var cluster = new InProcessCluster();
        string log = folder.Write("access.log", "nonsense", "nonsense");
        Run run = await Run.Async("tail", log, "--kafka", cluster.Address);
        Assert.Equal(ExitCodes.Failed, run.ExitCode);
        Assert.Contains($"{log}: the format of the first lines isn't known", run.Error);
        Assert.False(File.Exists(log + ".place"));
        log = folder.Write("other.log", Line("a"));
        run = await Run.Async("tail", log, "--kafka", cluster.Address, "--behind-proxy");
        Assert.Contains("no format with X-Forwarded-For", run.Error);
        run = await Run.Async("tail", log, "--kafka", cluster.Address, "--behind-proxy", "--format", "alb");
        Assert.Equal(ExitCodes.WrongUse, run.ExitCode);
    }

    /// <summary>CloudFront names fields at the beginning of a file; a second run continues behind it.</summary>
    [Fact]
    public async Task The_header_of_a_log_holds_for_the_next_run_too()
    {
        using var folder = new Folder();
        using var cluster = new InProcessCluster();
        string log = folder.Write(
            "cf.log",
            "#Version: 1.0",
            "#Fields: c-ip date time cs-method cs-uri-stem cs-uri-query sc-status",
            Fields("a")
        );
        await Run.Async("tail", log, "--kafka", cluster.Address);
        File.AppendAllText(log, Fields("b") + "\n");
        Run run = await Run.Async("tail", log, "--kafka", cluster.Address);
        Assert.Equal("", run.Error);
        HasOnly(cluster, "a", "b");

        static string Fields(string id) =>
            $"192.0.2.1\t2026-11-22\t08:00:01\tGET\t/click\tid={id}&publisher=p&campaign=c\t302";
    }

    private static void Zip(string plain, string compressed)
    {
        byte[] bytes = File.ReadAllBytes(plain);
        File.Delete(plain);
        using var zip = new System.IO.Compression.GZipStream(
            File.Create(compressed),
            System.IO.Compression.CompressionLevel.Fastest
        );
        zip.Write(bytes);
    }

    [Fact]
    public async Task A_log_emptied_and_filled_again_is_no_longer_the_same()
    {
        using var folder = new Folder();
        using var cluster = new InProcessCluster();
        string log = folder.Write("access.log", Line("a"));
        await Run.Async("tail", log, "--kafka", cluster.Address);
        // Longer than before: its length alone tells nothing.
        folder.Write("access.log", Line("other"), Line("b"));
        Run run = await Run.Async("tail", log, "--kafka", cluster.Address);
        Assert.Contains("no file here contains the place", run.Error);
        HasOnly(cluster, "a", "other", "b");
    }

    [Fact]
    public async Task Events_in_JSON_go_to_their_topics()
    {
        using var folder = new Folder();
        using var cluster = new InProcessCluster();
        string log = folder.Write(
            "events.log",
            """{"type":"click","id":"j","time":1795334401000,"ip":"203.0.113.9","publisher":"p","campaign":"c"}""",
            """{"type":"label","click":"j","time":1,"valid":false,"source":"s"}""",
            "{"
        );
        Run run = await Run.Async("tail", log, "--kafka", cluster.Address, "--format", "json");
        Assert.Contains($"{log}:3: event: malformed JSON", run.Error);
        HasOnly(cluster, "j");
        Assert.Single(cluster.Read(1, "labels"));
    }

    [Fact]
    public async Task Clicks_without_an_id_get_one_that_is_theirs_whenever_they_are_read()
    {
        using var folder = new Folder();
        using var cluster = new InProcessCluster();
        string line = Line("x").Replace("id=x&", "");
        string log = folder.Write("access.log", line, line);
        await Run.Async("tail", log, "--kafka", cluster.Address);
        File.Delete(log + ".place");
        await Run.Async("tail", log, "--kafka", cluster.Address);
        string[] ids = Ids(cluster, 4);
        Assert.Equal(4, ids.Length);
        Assert.Equal(2, ids.Distinct().Count());
        Assert.Equal(ids[..2], ids[2..]);
    }

    [Fact]
    public async Task A_growing_log_is_followed_through_renaming_and_truncation()
    {
        using var folder = new Folder();
        using var cluster = new InProcessCluster();
        string log = Path.Combine(folder.Path, "access.log");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var error = new StringWriter();
        var output = new StringWriter();
        Task<int> tail = Commands.RunAsync(
            ["tail", log, "--follow", "--kafka", cluster.Address],
            new CommandContext(output, TextWriter.Synchronized(error), TimeProvider.System, false),
            stop.Token
        );

        File.WriteAllText(log, Line("a") + "\n");
        Assert.Equal(["a"], Ids(cluster, 1));
        File.Move(log, log + ".1");
        // Its writer still has it open.
        File.AppendAllText(log + ".1", Line("b") + "\n");
        File.WriteAllText(log, Line("c") + "\n");
        Assert.Equal(["a", "b", "c"], Ids(cluster, 3));
        // Copied and truncated: what came last before that lies in the copy.
        File.AppendAllText(log, Line("d") + "\n");
        File.Copy(log, log + ".2");
        File.WriteAllText(log, "");
        File.AppendAllText(log, Line("e") + "\n");
        Assert.Equal(["a", "b", "c", "d", "e"], Ids(cluster, 5));
        await stop.CancelAsync();
        Assert.Equal(0, await tail);
        Assert.Matches("sent +5", output.ToString());
        File.AppendAllText(log, Line("f") + "\n");
        await Run.Async("tail", log, "--kafka", cluster.Address);
        HasOnly(cluster, "a", "b", "c", "d", "e", "f");
    }

    [Fact]
    public async Task A_place_is_kept_only_for_what_Kafka_has()
    {
        using var folder = new Folder();
        string log = folder.Write("access.log", Line("a"));
        Run run = await Run.Async("tail", log, "--kafka", "127.0.0.1:1");
        Assert.Equal(ExitCodes.Failed, run.ExitCode);
        Assert.Contains("127.0.0.1:1", run.Error);
        Assert.False(File.Exists(log + ".place"));
    }

    [Fact]
    public async Task Wrong_use_is_told_of()
    {
        using var folder = new Folder();
        Assert.Equal(
            ExitCodes.WrongUse,
            (await Run.Async("tail", Path.Combine(folder.Path, "none"), "--kafka", "127.0.0.1:1")).ExitCode
        );
        Assert.Equal(ExitCodes.WrongUse, (await Run.Async("tail", folder.Path, "--kafka", "127.0.0.1:1")).ExitCode);
        Run format = await Run.Async("tail", "x", "--format", "xml");
        Assert.Equal(ExitCodes.WrongUse, format.ExitCode);
        Assert.Contains("none of auto|combined|combined-proxy|", Assert.Single(format.Error.TrimEnd().Split('\n')));
        Assert.Equal(ExitCodes.WrongUse, (await Run.Async("tail", "x", "--endpoint", "click")).ExitCode);
        Run broken = await Run.Async(
            "tail",
            folder.Write("a", "x"),
            "--kafka",
            "127.0.0.1:1",
            "--places",
            folder.Write("b", "x")
        );
        Assert.Equal(ExitCodes.WrongUse, broken.ExitCode);
    }

    [Fact]
    public async Task An_unknown_word_is_answered_with_the_commands()
    {
        Run run = await Run.Async("replya", "x");
        Assert.Equal((ExitCodes.WrongUse, ""), (run.ExitCode, run.Out));
        Assert.Equal(
            "ingest: 'replya' isn't a command; the commands are replay, tail, http, generate, calendar; see "
                + "ingest --help.",
            run.Error.TrimEnd()
        );
        Assert.Equal(
            "ingest: a command is missing; the commands are replay, tail, http, generate, calendar; see ingest --help.",
            (await Run.Async()).Error.TrimEnd()
        );
    }
}

/// <summary>Framing and reading of lines by themselves.</summary>
public class AccessLogTests
{
    /// <summary>Whatever pieces a log grows in, the same lines come with the same offsets.</summary>
    [Fact]
    public async Task A_log_cut_at_every_byte_gives_the_same_lines()
    {
        using var folder = new Folder();
        byte[] bytes = Encoding.UTF8.GetBytes("first\r\n\nthird \u00e4\nlast\n");
        string path = Path.Combine(folder.Path, "log");
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            File.WriteAllBytes(path, bytes[..cut]);
            var lines = new List<(string, long, long)>();
            using var log = new LogFile(path, null, TimeProvider.System);
            await Drain(log, lines);
            using (FileStream more = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite))
            {
                more.Write(bytes.AsSpan(cut));
            }

            await Drain(log, lines);
            Assert.Equal([("first\r", 1L, 0L), ("", 2, 7), ("third \u00e4", 3, 8), ("last", 4, 17)], lines);
            Assert.Equal(bytes.Length, log.Place.Offset);
        }
    }

    [Fact]
    public async Task A_line_that_is_too_long_is_passed_over_whole()
    {
        using var folder = new Folder();
        string path = Path.Combine(folder.Path, "log");
        File.WriteAllText(path, "a\n" + new string('x', LogFile.MaxLine + 100_000) + "\nb\n");
        var lines = new List<(string, long, long)>();
        using var log = new LogFile(path, null, TimeProvider.System);
        await Drain(log, lines);
        Assert.Equal([("a", 1L, 0L), ("too long", 2, 2), ("b", 3, LogFile.MaxLine + 100_003L)], lines);
    }

    /// <summary>
    /// Real logs, scanners' and worms' among them: no line throws, and nearly all of well-formed logs are read.
    /// </summary>
    [Theory]
    [InlineData("semicomplete-2015", 0.999)]
    [InlineData("zanbil-2019", 0.999)]
    [InlineData("wordpress-2025", 0.99)]
    [InlineData("honeypot-2004", 0.95)]
    [InlineData("scanners-2016", 0)]
    public void Published_logs_are_read(string name, double share)
    {
        using var file = new System.IO.Compression.GZipStream(
            File.OpenRead(SharedData.File($"clicks/access/{name}.log.gz")),
            System.IO.Compression.CompressionMode.Decompress
        );
        using var all = new MemoryStream();
        file.CopyTo(all);
        LogFormat format = LogFormats.Create("combined");
        int read = 0,
            lines = 0;
        ReadOnlySpan<byte> text = all.ToArray();
        foreach (Range line in text.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> bytes = text[line];
            if (bytes.IsEmpty)
            {
                continue;
            }

            lines++;
            var request = new LoggedRequest();
            if (format.Read(bytes, ref request))
            {
                read++;
            }
            else
            {
                Assert.NotEmpty(request.InWords());
            }
        }
        Assert.True(read >= share * lines, $"{read} of {lines}");
    }

    private static async Task Drain(LogFile log, List<(string, long, long)> into)
    {
        while (
            await log.ReadAsync(
                true,
                (line, number, offset, tooLong) =>
                {
                    into.Add((tooLong ? "too long" : Encoding.UTF8.GetString(line.Span), number, offset));
                    return ValueTask.CompletedTask;
                },
                TestContext.Current.CancellationToken
            )
        ) { }
    }
}
