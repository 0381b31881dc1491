using System.Text;
using System.Text.Json;
using Engine.Client.Checks;
using Ingest.Tail;
using Ingest.Tail.Formats;
using Ingest.Tests.Rig;
using Xunit;

namespace Ingest.Tests.Tail;

/// <summary>What each format of access logs makes of its lines.</summary>
public class LogFormatTests
{
    private const string Query = "id=c-1&publisher=p&campaign=c",
        Agent = "Mozilla/5.0 (X11; Linux x86_64)",
        Legacy =
            "2026-11-22\t08:00:01\tCDG50-P2\t703\t203.0.113.9\tGET\td1.cloudfront.net\t/click\t302\t"
            + "https://news.example/a\tMozilla/5.0%20(X11;%20Linux%20x86_64)\t"
            + Query
            + "\t-\tMiss\tabc==\tads.example\thttps\t62\t0.113\t-\tTLSv1.3\tTLS_AES_128_GCM_SHA256\tMiss\t"
            + "HTTP/2.0\t-\t-\t51754\t0.113\tMiss\ttext/html\t20\t-\t-";

    /// <summary>The same request, as each product logs it.</summary>
    public static TheoryData<string, string> SameRequest =>
        new()
        {
            {
                "combined",
                $"203.0.113.9 - - [22/Nov/2026:09:00:01 +0100] \"GET /click?{Query} HTTP/1.1\" 302 0 "
                    + $"\"https://news.example/a\" \"{Agent}\""
            },
            {
                "combined-proxy",
                $"203.0.113.9 - - [22/Nov/2026:09:00:01 +0100] \"GET /click?{Query} HTTP/1.1\" 302 0 "
                    + $"\"https://news.example/a\" \"{Agent}\" \"-\""
            },
            {
                "nginx-json",
                $$"""{"time_iso8601":"2026-11-22T09:00:01+01:00","remote_addr":"203.0.113.9","remote_user":"","request_method":"GET","request_uri":"/click?{{Query}}","status":302,"body_bytes_sent":0,"http_referer":"https:\/\/news.example\/a","http_user_agent":"{{Agent}}","http_x_forwarded_for":""}"""
            },
            {
                "nginx-json",
                $$"""{"@timestamp":"2026-11-22T08:00:01Z","nginx":{"client_ip":"203.0.113.9","request":"GET /click?{{Query}} HTTP/2.0","status":"302","upstream":[],"referrer":"https://news.example/a","agent":"{{Agent}}"} }"""
            },
            {
                "nginx-json",
                $$"""{ "msec" : 1795334401.000, "remote_addr": "203.0.113.9", "method": "GET", "uri": "/click", "args": "{{Query}}", "status": 302, "referer": "https://news.example/a", "user_agent": "{{Agent}}" }"""
            },
            {
                "caddy",
                $$$"""{"level":"info","ts":1795334401,"logger":"http.log.access.log0","msg":"handled request","request":{"remote_ip":"10.0.0.1","remote_port":"44790","client_ip":"203.0.113.9","proto":"HTTP/2.0","method":"GET","host":"ads.example","uri":"/click?{{{Query}}}","headers":{"Accept":["*/*"],"User-Agent":["{{{Agent}}}"],"Referer":["https://news.example/a"]},"tls":{"resumed":false,"version":772}},"bytes_read":0,"user_id":"","duration":0.0001,"size":0,"status":302,"resp_headers":{"Server":["Caddy"],"User-Agent":["other"],"Location":["https://x.example"]}}"""
            },
            {
                "caddy",
                $$$"""{"ts":"2026-11-22T09:00:01.000+0100","request":{"remote_addr":"203.0.113.9:44790","method":"GET","uri":"/click?{{{Query}}}","headers":{"User-Agent":["{{{Agent}}}"],"Referer":["https://news.example/a"]}},"common_log":"-","status":302}"""
            },
            {
                "traefik",
                $$"""{"ClientAddr":"203.0.113.9:39490","ClientHost":"203.0.113.9","ClientPort":"39490","ClientUsername":"-","DownstreamContentSize":0,"DownstreamStatus":302,"Duration":215563,"OriginStatus":500,"RequestCount":113,"RequestHost":"ads.example","RequestMethod":"GET","RequestPath":"/click?{{Query}}","RequestProtocol":"HTTP/1.1","ServiceURL":{"Scheme":"http","User":null,"Path":"","ForceQuery":false},"StartLocal":"2026-11-22T09:00:01.000763557+01:00","StartUTC":"2026-11-22T08:00:01.000763557Z","level":"info","request_Referer":"https://news.example/a","request_User-Agent":"{{Agent}}","time":"2026-11-22T08:00:05Z"}"""
            },
            { "cloudfront", Legacy },
            {
                "pattern=[$time_local] $host $remote_addr $request_time \"$request\" $status \"$http_referer\" "
                    + "$http_user_agent",
                $"[22/Nov/2026:09:00:01 +0100] ads.example 203.0.113.9 0.811 \"GET /click?{Query} HTTP/2.0\" 302 "
                    + $"\"https://news.example/a\" {Agent}"
            },
            {
                "pattern=$remote_addr|$msec|$request_method|$uri|$args|$status|$http_referer|$http_user_agent|",
                $"203.0.113.9|1795334401.000|GET|/click|{Query}|302|https://news.example/a|{Agent}|what follows"
            },
        };

    [Theory]
    [MemberData(nameof(SameRequest))]
    public void A_request_becomes_the_same_click_in_every_format(string format, string line) =>
        Assert.Equal(
            $$"""{"type":"click","id":"c-1","time":1795334401000,"ip":"203.0.113.9","ua":"{{Agent}}","page":"https://news.example/a","publisher":"p","campaign":"c"}""",
            ClickOf(format, line)
        );

    [Theory]
    [MemberData(nameof(SameRequest))]
    public void A_format_is_recognized_by_the_first_lines(string format, string line)
    {
        if (format.StartsWith("pattern=", StringComparison.Ordinal) || format == "combined-proxy")
        {
            return; // can't be recognized, or is the same as combined unless a proxy is in front
        }

        byte[] head = Encoding.UTF8.GetBytes($"\n{line}\n{line}\n\"garbage\n{line[..40]}");
        Assert.Equal(format, LogFormats.Recognize(head, behindProxy: false)?.Name);
    }

    [Fact]
    public void A_load_balancer_logs_whole_URLs_and_ports_but_no_referrer() =>
        Assert.Equal(
            $$"""{"type":"click","id":"c-1","time":1795334401186,"ip":"2001:db8::7","ua":"{{Agent}}","publisher":"p","campaign":"c"}""",
            ClickOf(
                "alb",
                $"h2 2026-11-22T08:00:01.186641Z app/my-lb/50dc6c495c0c9188 [2001:db8::7]:2817 10.0.0.1:80 0.086 "
                    + $"0.048 0.037 302 302 0 57 \"GET https://ads.example:443/click?{Query} HTTP/2.0\" "
                    + $"\"{Agent}\" "
                    + "ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:a:1:targetgroup/t/73 "
                    + "\"Root=1-58337281-1d84f3d73c47ec4e58577259\" \"ads.example\" \"-\" 1 "
                    + "2026-11-22T08:00:01.086000Z \"forward\" \"-\" \"-\" \"10.0.0.1:80\" \"302\" \"-\" \"-\" TID_1"
            )
        );

    [Fact]
    public void A_handshake_as_the_first_line_does_not_hide_the_format()
    {
        byte[] head = Encoding.UTF8.GetBytes(
            "203.0.113.9 - - [22/Nov/2026:09:00:01 +0100] \"\\x16\\x03\\x01\" 400 150 \"-\" \"-\"\n"
        );
        Assert.Equal("combined", LogFormats.Recognize(head, behindProxy: false)?.Name);
    }

    [Theory]
    [InlineData("{\"type\":\"click\",\"id\":\"1\"}\n")]
    [InlineData("2026/11/22 09:00:01 [error] 31#31: *46 open() failed\n")]
    [InlineData("")]
    public void What_is_no_access_log_is_not_recognized(string head) =>
        Assert.Null(LogFormats.Recognize(Encoding.UTF8.GetBytes(head), behindProxy: false));

    /// <summary>With a proxy in front, a format without its field would take the proxy's address for the
    /// client's.</summary>
    [Theory]
    [InlineData("\"-\"", "combined-proxy")]
    [InlineData("\"192.0.2.1\"", "combined-proxy")]
    [InlineData("\"a request's id\"", null)]
    [InlineData("", null)]
    public void Behind_a_proxy_only_formats_with_its_field_are_recognized(string field, string? expected) =>
        Assert.Equal(
            expected,
            LogFormats
                .Recognize(
                    Encoding.UTF8.GetBytes(
                        $"1.2.3.4 - - [22/Nov/2026:09:00:01 +0100] \"GET / HTTP/1.1\" 200 0 \"-\" \"a\" {field}\n"
                    ),
                    behindProxy: true
                )
                ?.Name
        );

    [Theory]
    [InlineData("-", "10.0.0.1")]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("6.6.6.6, 192.0.2.1", "192.0.2.1")]
    [InlineData("6.6.6.6,192.0.2.1:5678", "192.0.2.1")]
    [InlineData("192.0.2.1, ", "192.0.2.1")]
    [InlineData("6.6.6.6, [2001:db8::1]:443", "2001:db8::1")]
    [InlineData("2001:db8::1", "2001:db8::1")]
    [InlineData("6.6.6.6, \\x22[2001:db8::1]:443\\x22", "2001:db8::1")]
    public void The_last_entry_of_the_proxy_counts_and_only_behind_one(string forwarded, string expected)
    {
        string line =
            $"[::1]:443 - - [22/Nov/2026:09:00:01 +0100] \"GET /click?{Query} HTTP/1.1\" 302 0 \"-\" \"a\" "
            + $"\"{forwarded}\"";
        Assert.Equal("::1", Ip(ClickOf("combined-proxy", line)));
        Assert.Equal(expected, Ip(ClickOf("combined-proxy", line.Replace("[::1]:443", "10.0.0.1:5"), true)));
    }

    [Fact]
    public void An_unreadable_entry_of_the_proxy_is_no_click()
    {
        string line =
            $"10.0.0.1 - - [22/Nov/2026:09:00:01 +0100] \"GET /click?{Query} HTTP/1.1\" 302 0 \"-\" \"a\" \"unknown\"";
        Assert.Equal("click c-1: ip 'unknown' isn't an address", ClickOf("combined-proxy", line, true));
    }

    [Theory]
    [InlineData("traefik", "ClientHost\":\"6.6.6.6, 192.0.2.1")]
    [InlineData("nginx-json", "http_x_forwarded_for\":\"6.6.6.6, 192.0.2.1")]
    public void Products_name_the_proxys_field_differently(string format, string field)
    {
        string name = field.Split('"')[0];
        string line = SameRequest.First(row => row.Data.Item1 == format).Data.Item2;
        string old = line[line.IndexOf(name, StringComparison.Ordinal)..].Split('"')[2];
        line = line.Replace($"{name}\":\"{old}\"", $"{field}\"");
        Assert.Equal("203.0.113.9", Ip(ClickOf(format, line)));
        Assert.Equal("192.0.2.1", Ip(ClickOf(format, line, behindProxy: true)));
    }

    [Theory]
    [InlineData("\\\"q\\\" \\\\ \\x41\\xc3\\xa4 \\t", "\"q\" \\ Aä \t")]
    [InlineData("-", null)]
    [InlineData("", null)]
    [InlineData("\\u00e4\\ud83d\\ude00\\ud83d\\/", "ä😀\uFFFD/")]
    [InlineData("\\q \\x4", "\\q \\x4")]
    public void Escapes_of_servers_are_resolved(string agent, string? expected)
    {
        foreach (
            (string format, string line) in new[]
            {
                (
                    "combined",
                    $"1.2.3.4 - a b [10/Oct/2000:13:55:36 -0700] \"GET /click?{Query} HTTP/1.0\" 200 2326 \"-\" "
                        + $"\"{agent}\""
                ),
                (
                    "nginx-json",
                    $$"""{"remote_addr":"1.2.3.4","msec":1,"request":"GET /click?{{Query}} HTTP/1.0","status":200,"agent":"{{agent}}"}"""
                ),
            }
        )
        {
            JsonElement click = JsonDocument.Parse(ClickOf(format, line)).RootElement;
            Assert.Equal(expected, click.TryGetProperty("ua", out JsonElement ua) ? ua.GetString() : null);
        }
    }

    /// <summary>CloudFront has escaped percent signs in some years and fields, and not in others.</summary>
    [Theory]
    [InlineData("target=https%3A%2F%2Fshop.example%2F%3Fa%3D1%26b%3D2")]
    [InlineData("target=https%253A%252F%252Fshop.example%252F%253Fa%253D1%2526b%253D2")]
    public void CloudFronts_query_is_decoded_once_or_twice(string target) =>
        Assert.Contains(
            "\"target\":\"https://shop.example/?a=1&b=2\"",
            ClickOf("cloudfront", Legacy.Replace(Query, Query + "&" + target))
        );

    [Fact]
    public void CloudFronts_header_says_which_fields_come_in_which_order()
    {
        LogFormat format = LogFormats.Create("cloudfront");
        format.Begin("#Version: 1.0\n#Fields: cs-method timestamp(ms) c-ip cs-uri-stem cs-uri-query sc-status\n"u8);
        Assert.Equal(
            """{"type":"click","id":"c-1","time":1795334401123,"ip":"203.0.113.9","publisher":"p","campaign":"c"}""",
            ClickOf(format, $"GET\t1795334401123\t203.0.113.9\t/click\t{Query}\t302")
        );
        Assert.Equal("", ClickOf(format, "#Fields: date time c-ip cs-method cs-uri-stem cs-uri-query sc-status"));
        Assert.StartsWith(
            "date '1969-11-22' isn't a date",
            ClickOf(format, $"1969-11-22\t08:00:01\t203.0.113.9\tGET\t/click\t{Query}\t302")
        );
        Assert.Contains(
            "\"time\":1795334401000",
            ClickOf(format, $"2026-11-22\t08:00:01\t203.0.113.9\tGET\t/click\t{Query}\t302")
        );
    }

    [Theory]
    [InlineData("time date", "08:00:01\t2026-11-22", "\"time\":1795334401000")]
    [InlineData("time", "08:00:01", "there is no time")]
    [InlineData("date", "2026-11-22", "there is no time")]
    public void A_time_of_day_needs_its_date(string names, string values, string expected)
    {
        LogFormat format = LogFormats.Create("cloudfront");
        format.Begin(Encoding.UTF8.GetBytes($"#Fields: {names} c-ip cs-method cs-uri-stem cs-uri-query sc-status\n"));
        Assert.Contains(expected, ClickOf(format, $"{values}\t203.0.113.9\tGET\t/click\t{Query}\t302"));
    }

    [Theory]
    [InlineData("10/Oct/2000:13:55:36 -0700", 971211336000)]
    [InlineData("29/Feb/2024:23:59:59 +0000", 1709251199000)]
    [InlineData("2024-02-29T23:59:59.9876Z", 1709251199987)]
    [InlineData("2024-03-01T00:59:59+01:00", 1709251199000)]
    [InlineData("2024-02-29 23:59:59", 1709251199000)]
    [InlineData("1709251199.987", 1709251199987)]
    [InlineData("1709251199987", 1709251199987)]
    [InlineData("29/Feb/2023:23:59:59 +0000", null)]
    [InlineData("10/ctN/2000:13:55:36 -0700", null)]
    [InlineData("10/Oct/2000:24:55:36 -0700", null)]
    [InlineData("10/Oct/2000:13:55:36 -07:00", null)]
    [InlineData("10/Oct/1969:13:55:36 -0700", null)]
    [InlineData("2024-02-30T23:59:59Z", null)]
    [InlineData("2024-02-29T23:59:59.Zx", null)]
    [InlineData("-1", null)]
    [InlineData("1e99", null)]
    [InlineData("nan", null)]
    [InlineData("", null)]
    public void Times_are_read_in_every_notation(string text, long? expected) =>
        Assert.Equal(expected, LogTime.TryParse(Encoding.UTF8.GetBytes(text), out long ms) ? ms : null);

    [Theory]
    [InlineData("xml", "it is none of auto|combined|")]
    [InlineData("pattern=$remote_addr$time_local", "there is no text between $remote_addr and what follows it")]
    [InlineData("pattern=$remote_addr [$time_local] $status", "it has no variable for a method")]
    [InlineData("pattern=[$time_local] \"$request\" $status", "it has no variable for an address ($remote_addr)")]
    [InlineData("pattern=", "it has no variable for an address")]
    public void A_format_that_cannot_be_used_is_refused(string format, string why) =>
        Assert.StartsWith(why, Assert.Throws<FormatException>(() => LogFormats.Create(format)).Message);

    /// <summary>Others' acceptance cases: lines as the products wrote them.</summary>
    [Theory]
    [InlineData("aws-alb-logs", "alb", 14)]
    [InlineData("aws-cloudfront-logs", "cloudfront", 2)]
    [InlineData("caddy-logs", "caddy", 12)]
    [InlineData("traefik_json", "traefik", 6)]
    [InlineData("traefik_base-http-scenario", "traefik", 80)]
    [InlineData("nginx-http-sensitive-files", "combined", 8)]
    public void Published_cases_are_recognized_and_read(string name, string format, int least)
    {
        byte[] log = PeerCase(name);
        LogFormat found = LogFormats.Recognize(log, behindProxy: false)!;
        Assert.Equal(format, found.Name);
        string[] lines = Encoding.UTF8.GetString(log).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        int read = lines.Count(line =>
        {
            var request = new LoggedRequest();
            return found.Read(Encoding.UTF8.GetBytes(line), ref request);
        });
        Assert.InRange(read, least - 2, lines.Length);
    }

    private static byte[] PeerCase(string name)
    {
        using var unzipped = new System.IO.Compression.GZipStream(
            File.OpenRead(SharedData.File("clicks/peers/access-log-cases.tar.gz")),
            System.IO.Compression.CompressionMode.Decompress
        );
        using var tar = new System.Formats.Tar.TarReader(unzipped);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.Name.EndsWith($"/{name}/{name}.log", StringComparison.Ordinal))
            {
                using var bytes = new MemoryStream();
                entry.DataStream!.CopyTo(bytes);
                bytes.WriteByte((byte)'\n');
                return bytes.ToArray();
            }
        }
        throw new FileNotFoundException(name);
    }

    private static string? Ip(string click) => JsonDocument.Parse(click).RootElement.GetProperty("ip").GetString();

    private static string ClickOf(string format, string line, bool behindProxy = false) =>
        ClickOf(LogFormats.Create(format), line, behindProxy);

    /// <summary>Makes a click of a line; its problem, if it isn't one.</summary>
    private static string ClickOf(LogFormat format, string line, bool behindProxy = false) =>
        LineClicks.Of(format, Encoding.UTF8.GetBytes(line), behindProxy) ?? "";
}

/// <summary>Clicks of lines, without Kafka.</summary>
internal static class LineClicks
{
    /// <summary>Gets the click of a line, or its problem; null if it is neither.</summary>
    internal static string? Of(LogFormat format, ReadOnlySpan<byte> line, bool behindProxy = false)
    {
        using var clicks = new ClickMapping("/click", behindProxy);
        var request = new LoggedRequest();
        if (!format.Read(line, ref request))
        {
            return request.Problem is null ? null : request.InWords();
        }

        if (!clicks.IsClick(request, format.Escapes))
        {
            return null;
        }

        ReadOnlySpan<byte> json = clicks.Write(request, format.Escapes, line, 7);
        CheckedEvent check = EventCheck.Inspect(json);
        return check.Reason is null ? Encoding.UTF8.GetString(json) : Refusal.InWords(check, json);
    }
}
