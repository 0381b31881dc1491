using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Engine.CommandLine;
using Ingest.Http;
using Ingest.Tests.Rig;
using Xunit;

namespace Ingest.Tests.Http;

public class HttpTests
{
    private const string Click =
        """{"type":"click","id":"c-1","time":1763769600123,"ip":"203.0.113.9","publisher":"p","campaign":"c"}""";

    private static Task<HttpServer> Serve(string kafka, string? tokenFile = null) =>
        HttpServer.StartAsync(
            new HttpServing
            {
                Listen = "127.0.0.1:0",
                Kafka = kafka,
                TokenFile = tokenFile,
                GiveUpAfter = TimeSpan.FromSeconds(1),
            },
            new CommandContext(TextWriter.Null, TextWriter.Null, TimeProvider.System, false),
            TestContext.Current.CancellationToken
        );

    private static async Task<(HttpStatusCode Status, string Answer)> Post(
        HttpServer server,
        string body,
        string path = "/v1/events",
        string? token = null
    )
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = token == null ? null : new("Bearer", token);
        using HttpResponseMessage answer = await client.PostAsync(
            server.Address + path,
            new StringContent(body, Encoding.UTF8, "text/plain")
        );
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Each_event_is_answered_for_and_what_is_accepted_lies_in_Kafka()
    {
        using var cluster = new InProcessCluster();
        await using HttpServer server = await Serve(cluster.Address);
        Assert.Equal((HttpStatusCode.Accepted, """{"accepted":1,"errors":[]}"""), await Post(server, Click));
        (HttpStatusCode status, string answer) = await Post(
            server,
            $"{Click}\n{Click.Replace("\"campaign\":\"c\"", "\"a\":1")}\n{Click}"
        );
        Assert.Equal(HttpStatusCode.MultiStatus, status);
        Assert.Equal(
            """{"accepted":2,"errors":[{"index":1,"reason":"missing-field","detail":"campaign","message":"click c-1: campaign is missing"}]}""",
            answer
        );
        Assert.Equal(HttpStatusCode.BadRequest, (await Post(server, "[{}]")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await Post(server, "")).Status);
        Assert.Equal(3, cluster.Read(3).Count);
    }

    [Fact]
    public async Task A_compressed_request_is_read_and_bounded_as_a_plain_one()
    {
        using var cluster = new InProcessCluster();
        await using HttpServer server = await Serve(cluster.Address);
        Assert.Equal(HttpStatusCode.Accepted, (await PostGzip(server, "/v1/events", Click)).Status);
        Assert.Single(cluster.Read(1));
        // A few hundred bytes that become more than an event may have.
        (HttpStatusCode status, string answer) = await PostGzip(server, "/v1/beacon", Click + new string(' ', 300_000));
        Assert.True(status == HttpStatusCode.RequestEntityTooLarge, answer);
    }

    [Fact]
    public async Task A_request_that_turns_out_too_large_is_told_so_by_its_status()
    {
        using var cluster = new InProcessCluster();
        await using HttpServer server = await Serve(cluster.Address);
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Address + "/v1/beacon")
        {
            Content = new StringContent(Click + new string(' ', 300_000)),
            Headers = { TransferEncodingChunked = true },
        };
        using HttpResponseMessage answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    private static async Task<(HttpStatusCode Status, string Answer)> PostGzip(
        HttpServer server,
        string path,
        string body
    )
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionMode.Compress, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(body));
        }

        using var content = new ByteArrayContent(memory.ToArray());
        content.Headers.ContentEncoding.Add("gzip");
        using var client = new HttpClient();
        using HttpResponseMessage answer = await client.PostAsync(server.Address + path, content);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Without_Kafka_nothing_is_acknowledged()
    {
        using var folder = new Folder();
        await using HttpServer server = await Serve("127.0.0.1:1", folder.Secret("token", "producers-token"));
        // Who isn't known by the file may be a user, or not: that is in Kafka.
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await Post(server, $"[{Click},{Click}]")).Status);
        (HttpStatusCode status, string answer) = await Post(server, $"[{Click},{Click}]", token: "producers-token");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        JsonElement json = JsonDocument.Parse(answer).RootElement;
        Assert.Equal(0, json.GetProperty("accepted").GetInt32());
        Assert.Equal(
            ["unavailable", "unavailable"],
            json.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("reason").GetString())
        );
    }

    [Fact]
    public async Task A_beacon_gets_address_and_time_from_the_server_whatever_it_says()
    {
        using var cluster = new InProcessCluster();
        await using HttpServer server = await Serve(cluster.Address);
        (HttpStatusCode status, string answer) = await Post(
            server,
            """{"type":"click","id":"c-1","time":5,"ip":"9.9.9.9","publisher":"p","campaign":"c"}""",
            "/v1/beacon"
        );
        Assert.True(status == HttpStatusCode.Accepted, answer);
        JsonElement click = JsonDocument.Parse(Assert.Single(cluster.Read(1)).Message.Value).RootElement;
        Assert.Equal("127.0.0.1", click.GetProperty("ip").GetString());
        Assert.True(click.GetProperty("time").GetInt64() > 1_763_769_600_000);
        using var client = new HttpClient();
        using HttpResponseMessage head = await client.SendAsync(
            new HttpRequestMessage(HttpMethod.Head, server.Address + "/beacon.js"),
            TestContext.Current.CancellationToken
        );
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Contains(
            "sendBeacon",
            await client.GetStringAsync(server.Address + "/beacon.js", TestContext.Current.CancellationToken)
        );
    }

    /// <summary>What a sender claims of itself must never get through, however it is written: twice, escaped, or beside
    /// text that can't be copied as a string.</summary>
    [Theory]
    [InlineData("""{"type":"click","id":"c-1","publisher":"p","campaign":"c","ip":"6.6.6.6","ip":"7.7.7.7"}""")]
    [InlineData("""{"type":"click","id":"c-1","publisher":"p","campaign":"c","z":"\ud800","ip":"6.6.6.6","time":1}""")]
    [InlineData("""{"\u0069p":"6.6.6.6","t\u0069me":1,"type":"click","id":"c-1","publisher":"p","campaign":"c"}""")]
    public async Task A_beacon_never_believes_its_sender(string body)
    {
        using var cluster = new InProcessCluster();
        await using HttpServer server = await Serve(cluster.Address);
        (HttpStatusCode status, string answer) = await Post(server, body, "/v1/beacon");
        if (status != HttpStatusCode.Accepted)
        {
            Assert.True(status == HttpStatusCode.BadRequest, answer);
            return;
        }

        string sent = Encoding.UTF8.GetString(Assert.Single(cluster.Read(1)).Message.Value);
        Assert.StartsWith("{\"ip\":\"127.0.0.1\",\"ua\":\"\",\"time\":", sent);
        Assert.DoesNotContain("6.6.6.6", sent);
        Assert.DoesNotContain("7.7.7.7", sent);
        Assert.DoesNotContain("\"time\":1,", sent);
    }

    [Fact]
    public async Task A_beacon_takes_clicks_and_nothing_else()
    {
        using var cluster = new InProcessCluster();
        await using HttpServer server = await Serve(cluster.Address);
        string[] bodies =
        [
            """{"type":"confirmation","click":"c-1","time":1,"ip":"203.0.113.9","outcome":"confirmed"}""",
            """{"type":"label","click":"c-1","time":1,"valid":false,"source":"analyst"}""",
            """{"type":"click","type":"label","click":"c-1","time":1,"valid":false,"source":"analyst"}""",
            """{"type":"label","type":"click","id":"c-1","publisher":"p","campaign":"c"}""",
            """{"id":"c-1","publisher":"p","campaign":"c"}""",
            """[1,"click",null]""",
            """{"type":"click","id":"c-1","publisher":"p","campaign":"c"} x""",
            """{"type":"click",""",
        ];
        foreach (string body in bodies)
        {
            (HttpStatusCode status, string answer) = await Post(server, body, "/v1/beacon");
            Assert.True(status == HttpStatusCode.BadRequest, $"{body}: {answer}");
        }
    }

    /// <summary>A few megabytes of rubbish must not become gigabytes of answers.</summary>
    [Fact]
    public async Task An_answer_lists_the_first_problems_and_a_request_ends_at_its_bound()
    {
        using var cluster = new InProcessCluster();
        await using HttpServer server = await Serve(cluster.Address);
        (HttpStatusCode status, string answer) = await Post(
            server,
            "[" + string.Join(',', Enumerable.Repeat("1", 1_500_000)) + "]"
        );
        Assert.Equal(HttpStatusCode.BadRequest, status);
        JsonElement json = JsonDocument.Parse(answer).RootElement;
        Assert.Equal(100, json.GetProperty("errors").GetArrayLength());
        Assert.Equal(10_001 - 100, json.GetProperty("unlisted").GetInt32());
        Assert.True(answer.Length < 50_000);
    }

    [Fact]
    public async Task An_address_that_is_none_or_taken_is_told_of()
    {
        using var cluster = new InProcessCluster();
        await using HttpServer server = await Serve(cluster.Address);
        Run taken = await Run.Async("http", "--kafka", cluster.Address, "--listen", server.Address["http://".Length..]);
        Assert.Equal(ExitCodes.Failed, taken.ExitCode);
        Assert.Contains("--listen", taken.Error);
        Assert.Equal(ExitCodes.WrongUse, (await Run.Async("http", "--kafka", "x:1", "--listen", "nowhere")).ExitCode);
    }
}
