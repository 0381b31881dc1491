using System.Net;
using System.Security.Cryptography;
using System.Text;
using Confluent.Kafka;
using Engine.CommandLine;
using Engine.Contracts;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests.Access;

/// <summary><c>engine user</c>: what it prints, keeps and refuses, and that an engine and ingest follow it.</summary>
public sealed class UserCommandTests
{
    private static readonly string Shipped = Path.Combine(Programs.Checkout, "configs", "engine.yaml");

    private static Task<CommandRun> UserAsync(Lab lab, params string[] arguments) =>
        Programs.EngineAsync(["user", .. arguments, "--kafka", lab.Brokers, "--config", lab.Config]);

    [Fact]
    public async Task A_user_is_added_before_the_first_run_listed_used_and_removed()
    {
        const string Verdict = "/v1/verdicts/c-1";
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Any);
        Assert.Equal("", (await UserAsync(lab, "list")).Out);

        CommandRun added = await UserAsync(lab, "add", "ada", "--role", "admin");
        Assert.True(added.ExitCode == ExitCodes.Done, added.ToString());
        string token = added.Out.Trim();
        Assert.Matches("^[A-Za-z0-9_-]{43}$", token);
        ConsumeResult<byte[], byte[]> record = Assert.Single(lab.Log.ReadAll(Topics.Settings));
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        Assert.Equal("user/ada", Encoding.UTF8.GetString(record.Message.Key));
        Assert.Equal($$"""{"token":"{{hash}}","role":"admin"}""", Encoding.UTF8.GetString(record.Message.Value));

        CommandRun again = await UserAsync(lab, "add", "ada", "--role", "viewer");
        Assert.Equal((ExitCodes.Failed, ""), (again.ExitCode, again.Out));
        Assert.Contains("is there already (admin)", again.Error);
        Assert.Equal(ExitCodes.Done, (await UserAsync(lab, "add", "news", "--sponsor", "sp-1")).ExitCode);
        Assert.Equal("ada\tadmin\nnews\tsponsor sp-1\n", (await UserAsync(lab, "list")).Out.ReplaceLineEndings("\n"));

        await using EngineRun run = await lab.StartAsync();
        Assert.Equal(HttpStatusCode.NotFound, await AskAsync(run.Http, token));
        Assert.Equal(HttpStatusCode.Unauthorized, await TestUsers.StatusAsync(run.Http, "GET", Verdict));
        Assert.Equal(ExitCodes.Done, (await UserAsync(lab, "remove", "ada")).ExitCode);
        await LiveWait.UntilAsync("the user is gone", async () =>
            await AskAsync(run.Http, token) == HttpStatusCode.Unauthorized
        );
        CommandRun unknown = await UserAsync(lab, "remove", "ada");
        Assert.Equal(ExitCodes.NotThere, unknown.ExitCode);
        Assert.Contains("no user 'ada'", unknown.Error);
        Assert.Contains("nobody is left", (await UserAsync(lab, "remove", "news")).Error);
    }

    [Fact]
    public async Task A_token_goes_into_a_file_once()
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Any);
        string file = lab.Folder.File("admin-token");
        string[] add = ["add", "admin", "--role", "admin", "--out", file, "--once"];
        CommandRun first = await UserAsync(lab, add);
        Assert.True(first is { ExitCode: ExitCodes.Done, Out: "" }, first.ToString());
        string token = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        Assert.DoesNotContain(token.Trim(), first.Error);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        CommandRun second = await UserAsync(lab, add);
        Assert.True(second is { ExitCode: ExitCodes.Done, Out: "" }, second.ToString());
        Assert.Contains("nothing was changed", second.Error);
        Assert.Equal(token, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.Single(lab.Log.ReadAll(Topics.Settings));

        // The log was lost, the file wasn't: its token stays good.
        Assert.Equal(ExitCodes.Done, (await UserAsync(lab, "remove", "admin")).ExitCode);
        Assert.Equal(ExitCodes.Done, (await UserAsync(lab, add)).ExitCode);
        Assert.Equal(token, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        byte[][] values = [.. lab.Log.ReadAll(Topics.Settings).Select(record => record.Message.Value)];
        Assert.Equal(values[0], values[2]);

        // A file that is there isn't overwritten.
        Assert.Equal(ExitCodes.Failed, (await UserAsync(lab, "add", "b", "--role", "viewer", "--out", file)).ExitCode);
        Assert.Equal("admin\tadmin", (await UserAsync(lab, "list")).Out.Trim());
    }

    [Theory]
    [InlineData("add ada", "either --role or --sponsor")]
    [InlineData("add ada --role admin --sponsor sp-1", "either --role or --sponsor")]
    [InlineData("add ada --role root", "'root'")]
    [InlineData("add a{b --role admin", "NAME is 'a{b'")]
    [InlineData("add ada --sponsor a/b", "--sponsor is 'a/b'")]
    public async Task What_makes_no_user_is_refused(string arguments, string why)
    {
        CommandRun run = await Programs.EngineAsync(["user", .. arguments.Split(' '), "--kafka", "127.0.0.1:1"]);
        Assert.Equal(ExitCodes.WrongUse, run.ExitCode);
        Assert.Contains(why, run.Error);
    }

    [Fact]
    public async Task Without_Kafka_no_token_is_handed_out()
    {
        using var folder = new LiveFolder();
        string file = folder.File("token");
        CommandRun run = await Programs.EngineAsync([
            "user",
            "add",
            "ada",
            "--role",
            "admin",
            "--out",
            file,
            "--kafka",
            "127.0.0.1:1",
            "--config",
            Shipped,
        ]);
        Assert.Equal((ExitCodes.Failed, ""), (run.ExitCode, run.Out));
        Assert.Contains("no Kafka at 127.0.0.1:1", run.Error);
        Assert.False(File.Exists(file));
    }

    private static async Task<HttpStatusCode> AskAsync(string http, string token)
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        using HttpResponseMessage answer = await client.GetAsync($"http://{http}/v1/verdicts/c-1");
        return answer.StatusCode;
    }
}
