using System.Globalization;
using System.Text;

namespace Bench.EndToEnd;

/// <summary>Lines of access logs, each the request of a click, as each product writes them.</summary>
internal static class LogLines
{
    private const string Agent =
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 "
            + "Safari/537.36",
        Page = "https://news.example/world/2026/11/an-article";
    private static readonly DateTime Begin = new(2026, 11, 22, 9, 0, 0, DateTimeKind.Utc);

    private static readonly Dictionary<string, Func<string, string, DateTime, string>> Formats = new()
    {
        ["combined"] = (ip, target, time) =>
            $"{ip} - - [{Common(time)}] \"GET {target} HTTP/1.1\" 302 0 \"{Page}\" \"{Agent}\"",
        ["combined-proxy"] = (ip, target, time) =>
            $"10.0.0.1 - - [{Common(time)}] \"GET {target} HTTP/1.1\" 302 0 \"{Page}\" \"{Agent}\" \"{ip}\"",
        ["nginx-json"] = (ip, target, time) =>
            $$"""{"time_iso8601":"{{Iso(time)}}+00:00","remote_addr":"{{ip}}","remote_user":"","request_method":"GET","request_uri":"{{target}}","server_protocol":"HTTP/1.1","status":"302","body_bytes_sent":"0","request_time":"0.001","http_referer":"{{Page}}","http_user_agent":"{{Agent}}","http_x_forwarded_for":"","host":"ads.example"}""",
        ["caddy"] = (ip, target, time) =>
            $$$"""{"level":"info","ts":{{{Seconds(time)}}}.7564995,"logger":"http.log.access.log0","msg":"handled request","request":{"remote_ip":"{{{ip}}}","remote_port":"44790","client_ip":"{{{ip}}}","proto":"HTTP/2.0","method":"GET","host":"ads.example","uri":"{{{target}}}","headers":{"Accept":["*/*"],"Accept-Encoding":["gzip, deflate, br"],"Accept-Language":["en"],"User-Agent":["{{{Agent}}}"],"Referer":["{{{Page}}}"]},"tls":{"resumed":false,"version":772,"cipher_suite":4865,"proto":"h2","server_name":"ads.example"}},"bytes_read":0,"user_id":"","duration":0.000012701,"size":0,"status":302,"resp_headers":{"Server":["Caddy"],"Location":["https://shop.example/p/1"]}}""",
        ["traefik"] = (ip, target, time) =>
            $$"""{"ClientAddr":"{{ip}}:39490","ClientHost":"{{ip}}","ClientPort":"39490","ClientUsername":"-","DownstreamContentSize":0,"DownstreamStatus":302,"Duration":215563,"OriginContentSize":0,"OriginDuration":204708,"OriginStatus":302,"Overhead":10855,"RequestAddr":"ads.example","RequestContentSize":0,"RequestCount":113,"RequestHost":"ads.example","RequestMethod":"GET","RequestPath":"{{target}}","RequestPort":"-","RequestProtocol":"HTTP/1.1","RequestScheme":"http","RetryAttempts":0,"RouterName":"ads@docker","ServiceAddr":"172.17.0.3:80","ServiceName":"ads@docker","ServiceURL":{"Scheme":"http","Opaque":"","User":null,"Host":"172.17.0.3:80","Path":"","RawPath":"","ForceQuery":false,"RawQuery":"","Fragment":"","RawFragment":""},"StartLocal":"{{Iso(time)}}.464763557Z","StartUTC":"{{Iso(time)}}.464763557Z","entryPointName":"http","level":"info","msg":"","request_Referer":"{{Page}}","request_User-Agent":"{{Agent}}","time":"{{Iso(time)}}Z"}""",
        ["alb"] = (ip, target, time) =>
            $"https {Iso(time)}.186641Z app/my-loadbalancer/50dc6c495c0c9188 {ip}:2817 10.0.0.1:80 0.086 0.048 0.037 "
            + $"302 302 0 57 \"GET https://ads.example:443{target} HTTP/1.1\" \"{Agent}\" ECDHE-RSA-AES128-GCM-SHA256 "
            + "TLSv1.2 arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067 "
            + "\"Root=1-58337281-1d84f3d73c47ec4e58577259\" \"ads.example\" \"-\" 1 2026-11-22T08:00:01.086000Z "
            + "\"forward\" \"-\" \"-\" \"10.0.0.1:80\" \"302\" \"-\" \"-\" TID_1",
        ["cloudfront"] = (ip, target, time) =>
            $"{Iso(time).Replace('T', '\t')}\tCDG50-P2\t703\t{ip}\tGET\td1.cloudfront.net\t/click\t302\t{Page}\t"
            + $"{Agent.Replace(" ", "%20")}\t{target["/click?".Length..]}"
            + "\t-\tMiss\t375WZmnR4hhhnlZKNn0D_LvkWhAqvWvBsUqySq8f_GOoAPP3k8R8fw==\tads.example\thttps\t62\t0.113\t-\t"
            + "TLSv1.3\tTLS_AES_128_GCM_SHA256\tMiss\tHTTP/2.0\t-\t-\t51754\t0.113\tMiss\ttext/html\t20\t-\t-",
        ["pattern=$remote_addr [$time_local] $_ \"$request\" $status \"$http_referer\" \"$http_user_agent\""] = (
            ip,
            target,
            time
        ) => $"{ip} [{Common(time)}] 0.811 \"GET {target} HTTP/2.0\" 302 \"{Page}\" \"{Agent}\"",
    };

    /// <summary>What <c>--format</c> calls them.</summary>
    public static IEnumerable<string> Names => Formats.Keys;

    /// <summary>Writes lines, each with its ending.</summary>
    public static void Write(Stream to, string format, int lines)
    {
        var random = new Random(7);
        var text = new StringBuilder();
        for (int i = 0; i < lines; i++)
        {
            string ip = $"{random.Next(1, 224)}.{random.Next(256)}.{random.Next(256)}.{random.Next(1, 255)}";
            string target =
                $"/click?id=c-{i}&publisher=pub-{random.Next(500)}&campaign=cmp-{random.Next(2_000)}&placement=top"
                + $"&visitor=v-{random.Next(200_000)}&cost_micros=250000"
                + "&target=https%3A%2F%2Fshop.example%2Fp%2F1%3Fa%3Db";
            text.Append(Formats[format](ip, target, Begin.AddMilliseconds(i))).Append('\n');
            if (text.Length > 1 << 20 || i == lines - 1)
            {
                to.Write(Encoding.UTF8.GetBytes(text.ToString()));
                text.Clear();
            }
        }
    }

    private static string Common(DateTime time) =>
        time.ToString("dd/MMM/yyyy:HH:mm:ss +0000", CultureInfo.InvariantCulture);

    private static string Iso(DateTime time) => time.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);

    private static long Seconds(DateTime time) => new DateTimeOffset(time).ToUnixTimeSeconds();
}
