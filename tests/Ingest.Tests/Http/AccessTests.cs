using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Engine.CommandLine;
using Engine.Contracts;
using Engine.Contracts.Access;
using Ingest.Http;
using Ingest.Tests.Rig;
using Xunit;

namespace Ingest.Tests.Http;

/// <summary>Who may send events by HTTP: analysts, the holder of the server's own token, and on this machine everyone
/// until there is a user.</summary>
public sealed class AccessTests
{
    private const string Click =
        """{"type":"click","id":"c-1","time":1763769600123,"ip":"203.0.113.9","publisher":"p","campaign":"c"}""";

    private static Task<HttpServer> StartAsync(HttpServing options) =>
        HttpServer.StartAsync(
            options with
            {
                GiveUpAfter = TimeSpan.FromSeconds(1),
            },
            new CommandContext(TextWriter.Null, TextWriter.Null, TimeProvider.System, false),
            TestContext.Current.CancellationToken
        );

    private static Task AddAsync(InProcessCluster cluster, string name, string role)
    {
        string hash = Convert.ToHexStringLower(AccessToken.HashOf(name + "-token")!);
        return cluster.AppendAsync(
            Topics.Settings,
            UserSetting.KeyOf(name),
            $$"""{"token":"{{hash}}","role":"{{role}}"}"""
        );
    }

    private static async Task<HttpStatusCode> PostAsync(HttpServer server, string? token, string path = "/v1/events")
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = token == null ? null : new("Bearer", token);
        var address = new UriBuilder(server.Address) { Host = "127.0.0.1", Path = path };
        using HttpResponseMessage answer = await client.PostAsync(
            address.Uri,
            new StringContent(Click, Encoding.UTF8, "text/plain")
        );
        if (answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            using JsonDocument error = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            Assert.Equal("Authorization", error.RootElement.GetProperty("where").GetString());
            Assert.NotEmpty(error.RootElement.GetProperty("error").GetString()!);
        }

        return answer.StatusCode;
    }

    private static async Task UntilAsync(HttpServer server, string? token, HttpStatusCode expected)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await PostAsync(server, token) != expected)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
        }
    }

    [Fact]
    public async Task Users_are_followed_and_the_first_ends_that_everyone_may()
    {
        using var cluster = new InProcessCluster();
        await using HttpServer server = await StartAsync(
            new HttpServing { Listen = "127.0.0.1:0", Kafka = cluster.Address }
        );
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(server, null));

        await AddAsync(cluster, "vera", "viewer");
        await UntilAsync(server, null, HttpStatusCode.Unauthorized);
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(server, "vera-token"));
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(server, null, "/v1/beacon"));
        await AddAsync(cluster, "anna", "analyst");
        await UntilAsync(server, "anna-token", HttpStatusCode.Accepted);
        // A record that doesn't load changes nothing.
        await cluster.AppendAsync(Topics.Settings, "user/anna", """{"token":"x","role":"viewer"}""");
        await AddAsync(cluster, "ada", "admin");
        await UntilAsync(server, "ada-token", HttpStatusCode.Accepted);
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(server, "anna-token"));

        foreach (string name in (string[])["ada", "vera", "anna"])
        {
            await cluster.AppendAsync(Topics.Settings, "user/" + name, null);
        }

        await UntilAsync(server, "anna-token", HttpStatusCode.Unauthorized);
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(server, null));
        await using HttpServer again = await StartAsync(
            new HttpServing { Listen = "127.0.0.1:0", Kafka = cluster.Address }
        );
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(again, null));
    }

    [Fact]
    public async Task Without_users_it_does_not_listen_to_other_machines()
    {
        using var cluster = new InProcessCluster();
        var everywhere = new HttpServing { Listen = "0.0.0.0:0", Kafka = cluster.Address };
        Run refused = await Run.Async("http", "--kafka", cluster.Address, "--listen", "0.0.0.0:0");
        Assert.Equal(ExitCodes.WrongUse, refused.ExitCode);
        Assert.Contains("there are no users", refused.Error);
        Assert.Contains("--open", refused.Error);
        Assert.Contains("--token-file", refused.Error);

        await using (HttpServer open = await StartAsync(everywhere with { Open = true }))
        {
            Assert.Equal(HttpStatusCode.Accepted, await PostAsync(open, null));
            await AddAsync(cluster, "anna", "analyst");
            await UntilAsync(open, null, HttpStatusCode.Unauthorized);
        }

        await using HttpServer server = await StartAsync(everywhere);
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(server, null));
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(server, "anna-token"));
    }

    [Fact]
    public async Task Where_Kafka_cannot_tell_of_users_it_does_not_listen_to_other_machines()
    {
        Run refused = await Run.Async("http", "--kafka", "127.0.0.1:1", "--listen", "0.0.0.0:0");
        Assert.Equal(ExitCodes.Failed, refused.ExitCode);
        Assert.Contains("Can't read from Kafka at 127.0.0.1:1 whether there are users", refused.Error);
    }

    [Fact]
    public async Task A_token_of_its_own_is_enough_to_listen_and_then_it_takes_no_one_elses()
    {
        using var cluster = new InProcessCluster();
        using var folder = new Folder();
        string file = folder.Secret("token", "producers-token");
        foreach (string listen in (string[])["127.0.0.1:0", "0.0.0.0:0"])
        {
            await using HttpServer server = await StartAsync(
                new HttpServing
                {
                    Listen = listen,
                    Kafka = cluster.Address,
                    TokenFile = file,
                }
            );
            Assert.Equal(HttpStatusCode.Accepted, await PostAsync(server, "producers-token"));
            Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(server, "guessed"));
            Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(server, null));
        }
    }

    [Theory]
    [InlineData("a-token", UnixFileMode.OtherRead, "chmod 600")]
    [InlineData("a-token", UnixFileMode.OtherWrite, "chmod 600")]
    [InlineData("", UnixFileMode.None, "one token")]
    [InlineData("one\ntwo", UnixFileMode.None, "one token")]
    public async Task A_token_file_that_is_no_secret_is_refused(string text, UnixFileMode others, string why)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() && others != 0, "Windows has no such modes");
        using var folder = new Folder();
        string file = folder.Secret("token", text, others);
        Run refused = await Run.Async("http", "--kafka", "x:1", "--listen", "127.0.0.1:0", "--token-file", file);
        Assert.Equal(ExitCodes.WrongUse, refused.ExitCode);
        Assert.Contains(why, refused.Error);
        Assert.DoesNotContain("a-token", refused.Error);
    }

    [Theory]
    [InlineData("/v1/beacon", 256 * 1024 + 1)]
    [InlineData("/v1/events", 64 * 1024 * 1024 + 1)]
    public async Task A_request_that_says_it_is_too_long_is_refused_before_it_is_read(string path, long bytes)
    {
        using var cluster = new InProcessCluster();
        await using HttpServer server = await StartAsync(
            new HttpServing { Listen = "127.0.0.1:0", Kafka = cluster.Address }
        );
        var address = new Uri(server.Address);
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        await using NetworkStream stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"POST {path} HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Length: {bytes}\r\n\r\n"
            ),
            TestContext.Current.CancellationToken
        );
        using var reader = new StreamReader(stream);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        Assert.StartsWith("HTTP/1.1 413 ", await reader.ReadLineAsync(patience.Token));
    }

    [Fact]
    public async Task Beacons_from_one_address_are_held_to_a_rate_that_is_asked_for()
    {
        using var cluster = new InProcessCluster();
        await using HttpServer server = await StartAsync(
            new HttpServing
            {
                Listen = "127.0.0.1:0",
                Kafka = cluster.Address,
                PerAddress = 1,
            }
        );
        HttpStatusCode status = HttpStatusCode.Accepted;
        for (int sent = 0; sent < 200 && status == HttpStatusCode.Accepted; sent++)
        {
            status = await PostAsync(server, null, "/v1/beacon");
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, status);
    }

    [Fact]
    public async Task A_token_file_and_open_to_everyone_exclude_one_another()
    {
        using var folder = new Folder();
        string file = folder.Secret("token", "t");
        Run refused = await Run.Async("http", "--kafka", "x:1", "--token-file", file, "--open");
        Assert.Equal(ExitCodes.WrongUse, refused.ExitCode);
        Run missing = await Run.Async("http", "--kafka", "x:1", "--token-file", file + ".not");
        Assert.Equal(ExitCodes.WrongUse, missing.ExitCode);
    }
}
