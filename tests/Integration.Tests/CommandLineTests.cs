using Integration.Tests.Access;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests;

/// <summary>The commands that others script against: what they say, where, and how they end.</summary>
public class CommandLineTests
{
    [Theory]
    [InlineData("run", "--kafka --redis --group --config --http --prefix --samples --until-idle")]
    [InlineData("verdict", "CLICK --redis --config --json")]
    [InlineData("path", "CLICK --kafka --redis --config --prefix --out")]
    [InlineData("quality", "--kafka --redis --config --prefix --json")]
    [InlineData("credit", "CAMPAIGN --month --kafka --redis --config --prefix --json")]
    [InlineData("message", "--rules --sender --group --html --events")]
    [InlineData("notify", "--kafka --redis --config --prefix --until-idle")]
    [InlineData("dead-letters", "--reason --kafka --config --prefix --json")]
    [InlineData("backtest", "--with --kafka --redis --group --config --prefix --json")]
    [InlineData("check", "--config")]
    [InlineData("eval", "EXPR --bindings --cases")]
    [InlineData("tag", "FILE --text --json --bookmarks --exact --redis --config --prefix")]
    [InlineData("rescore", "--kafka --redis --group --settings --model --out")]
    [InlineData("user add", "NAME --role --sponsor --out --once --kafka --config")]
    [InlineData("user remove", "NAME --kafka --config")]
    [InlineData("user list", "--kafka --config")]
    [InlineData("demo", "--data --redis --keep --clicks")]
    public async Task Help_names_every_option_with_what_it_does(string command, string names)
    {
        CommandRun help = await Programs.EngineAsync([.. command.Split(' '), "--help"]);
        Assert.Equal((0, ""), (help.ExitCode, help.Error));
        foreach (string name in names.Split(' '))
        {
            Assert.Matches($@"(?m)^  <?{name}>?( <[^>]*>)?( \(REQUIRED\))?  +\S.*", help.Out);
        }
    }

    [Fact]
    public async Task An_address_that_is_not_this_machine_s_is_told_of_in_a_sentence()
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Any);
        lab.AddUsers(("ada", "admin"));
        CommandRun run = await Programs.RunAsync(
            "engine",
            lab.Folder.Path,
            [
                "run",
                "--config",
                lab.Config,
                "--kafka",
                lab.Brokers,
                "--redis",
                lab.Redis.Address,
                "--http",
                "203.0.113.1:8080",
            ]
        );
        Assert.True(run.ExitCode == 1, run.ToString());
        Assert.StartsWith("engine: HTTP can't listen on 203.0.113.1:8080, ", run.Error.TrimEnd().Split('\n')[^1]);
    }

    [Theory]
    [InlineData(2, "--nonsense", "run", "--nonsense")]
    [InlineData(2, "--until-idle", "run", "--until-idle", "0")]
    [InlineData(2, "for option '--until-idle': expected a number", "run", "--until-idle", "abc")]
    [InlineData(
        2,
        "'nonsense' isn't a command; the commands are run, demo, verdict, path, quality, credit, dead-letters, "
            + "check, eval, tag, rescore, audit, notify, backtest, message, user",
        "nonsense"
    )]
    [InlineData(1, "no Redis at 127.0.0.1:1", "quality", "--kafka", "127.0.0.1:1", "--redis", "127.0.0.1:1")]
    [InlineData(1, "no Redis at 127.0.0.1:1", "path", "c", "--kafka", "127.0.0.1:1", "--redis", "127.0.0.1:1")]
    [InlineData(2, "CLICK", "verdict")]
    [InlineData(1, "--redis", "verdict", "c")]
    [InlineData(1, "no Redis at 127.0.0.1:1", "verdict", "c", "--redis", "127.0.0.1:1")]
    [InlineData(1, "no Redis at 127.0.0.1:1", "run", "--kafka", "127.0.0.1:1", "--redis", "127.0.0.1:1")]
    [InlineData(1, "--kafka", "rescore", "--out", "x")]
    [InlineData(2, "there.yaml", "check", "--config", "not/there.yaml")]
    [InlineData(2, "--cases", "eval")]
    [InlineData(2, "no such file", "eval", "--cases", "not-there.jsonl")]
    [InlineData(2, "is a directory", "eval", "--cases", "configs")]
    [InlineData(2, "for option '--clicks': expected a whole number", "demo", "--clicks", "many")]
    [InlineData(1, "no Redis at 127.0.0.1:1", "verdict", "@click", "--redis", "127.0.0.1:1")]
    [InlineData(2, "bindings: ", "eval", "1", "--bindings", "{")]
    public async Task A_failure_is_one_sentence_on_stderr_and_an_exit_code(
        int code,
        string says,
        params string[] arguments
    )
    {
        using var folder = new LiveFolder();
        new EngineYaml().Write(folder, "configs/engine.yaml");
        CommandRun run = await Programs.RunAsync("engine", folder.Path, arguments);
        Assert.True(run.ExitCode == code, run.ToString());
        Assert.Equal("", run.Out);
        Assert.StartsWith("engine: ", run.Error);
        Assert.Contains(says, run.Error);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task A_configuration_that_is_wrong_is_refused_with_file_and_line()
    {
        using var folder = new LiveFolder();
        string config = folder.Write("engine.yaml", "lanes: 1\nconsume:\n  progress_ms: often\n");
        CommandRun run = await Programs.EngineAsync("run", "--config", config);
        Assert.True(run.ExitCode == 2, run.ToString());
        Assert.Contains($"{config}, line 3", run.Error);
        config = folder.Write("engine.yaml", "lanes: 1\nlaness: 2\n");
        run = await Programs.EngineAsync("check", "--config", config);
        Assert.True(run.ExitCode == 2, run.ToString());
        Assert.Contains("laness", run.Error);
        Assert.Contains("line 2", run.Error);
    }

    [Fact]
    public async Task Check_finds_every_problem_and_passes_what_is_shipped()
    {
        using var folder = new LiveFolder();
        folder.Write(
            "settings/a.yaml",
            "bands/default: { review: 2 }\nrule/one: { when: \"click.publisher ==\", then: {} }\nrule/fine: { when: "
                + "\"click.publisher == 'p'\", then: { class: sivt } }\n"
        );
        folder.Write("settings/b.yaml", "reason/no.such: { limit: 1 }\nlimits/time: { join_ms: soon }\n");
        string config = new EngineYaml { Settings = folder.File("settings") }.Write(folder);
        CommandRun run = await Programs.EngineAsync("check", "--config", config);
        Assert.True(run.ExitCode == 2, run.ToString());
        foreach (string key in new[] { "bands/default", "rule/one", "reason/no.such", "limits/time" })
        {
            Assert.Contains(key, run.Error);
        }

        Assert.DoesNotContain("rule/fine", run.Error);
        CommandRun start = await Programs.EngineAsync(
            "check",
            "--config",
            Path.Combine(Programs.Checkout, "configs", "engine.yaml")
        );
        Assert.True(start.ExitCode == 0, start.ToString());
        Assert.Contains("OK", start.Out);
    }

    [Fact]
    public async Task Eval_prints_a_value_an_error_or_a_line_for_each_case()
    {
        CommandRun value = await Programs.EngineAsync("eval", "x * 2 + size('abc')", "--bindings", """{"x":4}""");
        Assert.Equal((0, ""), (value.ExitCode, value.Error));
        Assert.Contains("11", value.Out);
        CommandRun error = await Programs.EngineAsync("eval", "1 / 0");
        Assert.Equal((1, ""), (error.ExitCode, error.Out));
        Assert.StartsWith("engine: ", error.Error);
        CommandRun syntax = await Programs.EngineAsync("eval", "1 +");
        Assert.Equal((2, ""), (syntax.ExitCode, syntax.Out));

        using var folder = new LiveFolder();
        string cases = folder.Write(
            "cases.jsonl",
            "{\"expr\":\"1 + 1\"}\n{\"expr\":\"a.b\",\"bindings\":{\"a\":{\"b\":\"text\"}}}\n{\"expr\":\"1 / 0\"}\n"
        );
        CommandRun lines = await Programs.EngineAsync("eval", "--cases", cases);
        Assert.Equal(0, lines.ExitCode);
        string[] printed = lines.Out.TrimEnd().Split('\n');
        Assert.Equal(3, printed.Length);
        Assert.Contains("value", printed[0]);
        Assert.Contains("text", printed[1]);
        Assert.Contains("error", printed[2]);
    }

    [Theory]
    [InlineData("run", "--kafka", "127.0.0.1:1")]
    [InlineData("demo")]
    [InlineData("verdict", "c-1")]
    [InlineData("path", "c-1", "--kafka", "127.0.0.1:1")]
    [InlineData("quality", "--kafka", "127.0.0.1:1")]
    [InlineData("rescore", "--kafka", "127.0.0.1:1", "--out", "rescored")]
    [InlineData("audit", "c-1", "--kafka", "127.0.0.1:1")]
    public async Task A_secret_is_never_printed(params string[] command)
    {
        using var folder = new LiveFolder();
        new EngineYaml().Write(folder, "configs/engine.yaml");
        string address = $"127.0.0.1:{LiveProcess.FreePort()}",
            options = "connectRetry=1,connectTimeout=200";
        CommandRun inAddress = await RunAsync("a-variable", $"{address},password=a-secret,{options}"),
            inVariable = await RunAsync("a-secret", $"{address},{options}"),
            withComma = await RunAsync("a-variable", $"{address},password=first,a-secret,{options}");
        Assert.All([inAddress, inVariable], run =>
        {
            Assert.True(run.ExitCode == 1, run.ToString());
            Assert.Contains($"no Redis at {address} ", run.Error);
        });
        Assert.True(withComma.ExitCode == 2, withComma.ToString());
        Assert.Contains("redis_security.password_file", withComma.Error);
        Assert.All([inAddress, inVariable, withComma], run => Assert.DoesNotContain("a-secret", run.ToString()));

        async Task<CommandRun> RunAsync(string variable, string redis)
        {
            await using LiveProcess process = Programs.StartWith(
                [("ENGINE_REDIS_PASSWORD", variable), ("ENGINE_KAFKA_PASSWORD", "a-secret")],
                "engine",
                folder.Path,
                [.. command, "--redis", redis]
            );
            int code = await process.ExitAsync();
            return new CommandRun(code, process.Out, process.Error);
        }
    }

    [Theory]
    [InlineData("engine", "verdict", "c-1", "--password=a-secret")]
    [InlineData("ingest", "generate", "5", "--kafka-password=a-secret")]
    public async Task A_secret_in_an_option_that_is_none_is_not_repeated(string program, params string[] arguments)
    {
        CommandRun run = await Programs.RunAsync(program, null, arguments);
        Assert.True(run.ExitCode == 2, run.ToString());
        Assert.DoesNotContain("a-secret", run.ToString());
    }

    [Fact]
    public async Task A_replica_of_Redis_is_refused_in_words()
    {
        Assert.SkipUnless(LiveRedisServer.IsThere, "needs redis-server on the path");
        await using LiveRedisServer redis = await LiveRedisServer.StartAsync();
        await redis.Database.ExecuteAsync("REPLICAOF", "127.0.0.1", $"{LiveProcess.FreePort()}");
        using var folder = new LiveFolder();
        CommandRun run = await Programs.EngineAsync(
            "run",
            "--kafka",
            "127.0.0.1:1",
            "--redis",
            redis.Address,
            "--config",
            new EngineYaml().Write(folder)
        );
        Assert.True(run.ExitCode == 1, run.ToString());
        Assert.Contains("replicas, which accept no writes", run.Error);
    }

    [Fact]
    public async Task Names_and_numbers_that_cannot_be_are_refused_before_anything_starts()
    {
        using var folder = new LiveFolder();
        string file = folder.File("both");
        CommandRun group =
                await Programs.EngineAsync(
                    "run",
                    "--group",
                    "",
                    "--kafka",
                    "127.0.0.1:1",
                    "--redis",
                    "127.0.0.1:1",
                    "--config",
                    new EngineYaml().Write(folder)
                ),
            clicks = await Programs.EngineAsync("demo", "--clicks", "-1"),
            same = await Programs.IngestAsync("generate", "10", "--out", file, "--labels", file);
        Assert.All([group, clicks, same], run => Assert.True(run.ExitCode == 2, run.ToString()));
        Assert.Contains("--group is empty", group.Error);
        Assert.Contains("--clicks must be 1 or more", clicks.Error);
        Assert.Contains("--out and --labels both name", same.Error);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task A_stop_while_it_starts_is_no_crash()
    {
        using var folder = new LiveFolder();
        // Nobody listens there: it waits for the broker when it is stopped.
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Any);
        await using EngineRun run = EngineRun.Launch(
            $"127.0.0.1:{LiveProcess.FreePort()}",
            lab.Redis.Address,
            lab.Config
        );
        await LiveWait.UntilAsync("it has claimed its keys", async () =>
            await lab.Redis.Database.KeyExistsAsync("group")
        );
        CommandRun end = await run.StopAsync();
        Assert.True(end.ExitCode == 1, end.ToString());
        Assert.StartsWith("engine: ", end.Error);
        Assert.Single(end.Error.TrimEnd().Split('\n'));
    }
}
