using Engine.Contracts;
using Engine.Contracts.Events;
using Fuzz.Tests.Running;
using Ingest.Tail;
using Ingest.Tail.Formats;

namespace Fuzz.Tests.Targets;

/// <summary>Lines of access logs, in every format: a request becomes a click in well-formed JSON, or the problem has
/// words.</summary>
internal sealed class AccessLog : FuzzTarget
{
    private readonly LogFormat[] _formats = [.. LogFormats.Names.Select(LogFormats.Create)];
    private readonly ClickMapping _clicks = new("/click", behindProxy: true);

    public override string Name => "access-log";
    public override int Share => 8;

    public override IReadOnlyList<byte[]> Valid { get; } =
        Examples.Bytes(
            """203.0.113.9 - - [22/Nov/2026:09:00:01 +0100] "GET /click?id=c-1&publisher=p&campaign=c&x=1.5&y=-2&viewport=1280x720&device.os=iOS&cost_micros=250000 HTTP/1.1" 302 0 "https://news.example/a" "Mozilla/5.0 (X11; Linux)" 7""",
            """2001:db8::7 - a user [10/Oct/2000:13:55:36 -0700] "GET /click?publisher=p&campaign=c%20d&visitor=%F0%9F%98%80 HTTP/2.0" 200 - "-" "a \"quoted\" \x22agent\x5C" "192.0.2.1, [2001:db8::1]:443" """,
            """{"time_iso8601":"2026-11-22T09:00:01+01:00","remote_addr":"203.0.113.9","request":"GET /click?publisher=p&campaign=c HTTP/1.1","status":302,"http_user_agent":"a \"b\" \u00e4","http_x_forwarded_for":""}""",
            """{"level":"info","ts":1795334401.25,"request":{"remote_ip":"203.0.113.9","method":"GET","uri":"/click?publisher=p&campaign=c","headers":{"User-Agent":["a"],"X-Forwarded-For":["192.0.2.1"]}},"status":302}""",
            """{"ClientAddr":"203.0.113.9:443","ClientHost":"192.0.2.1, 192.0.2.2","RequestMethod":"GET","RequestPath":"/click?publisher=p&campaign=c","DownstreamStatus":302,"StartUTC":"2026-11-22T08:00:01.123456789Z"}""",
            """https 2026-11-22T08:00:01.186641Z app/a/1 203.0.113.9:44740 10.0.0.1:80 0.0 0.0 0.0 302 302 0 57 "GET https://ads.example:443/click?publisher=p&campaign=c HTTP/1.1" "curl/7.46.0" ECDHE TLSv1.2""",
            "2026-11-22\t08:00:01\tCDG50\t703\t203.0.113.9\tGET\ta.cloudfront.net\t/click\t302\t-\tcurl%2520a\t"
                + "publisher=p&campaign=c%2520d\t-\tMiss\tid\ta.example\thttps\t62\t0.1\t192.0.2.1"
        );

    protected override IEnumerable<string> Tokens =>
        (
            "\" \\ \\u \\ud83d { } : , [] \t , 2026-11-22T09:00:01 "
            + "\\x \\x2 \\xff \\\" [ ] - % %F0 %zz & = ? + x 1e999 -0 HTTP/1.1 +0100 29/Feb/2026 device.make="
        ).Split(' ');

    public override bool Accepts(ReadOnlySpan<byte> input)
    {
        bool any = false;
        foreach (LogFormat format in _formats)
        {
            var request = new LoggedRequest();
            if (!format.Read(input, ref request))
            {
                Holds(request.Problem is null || request.InWords().Length > 0, "a problem has no words");
                continue;
            }

            any = true;
            _clicks.IsClick(request, format.Escapes);
            ReadOnlySpan<byte> click = _clicks.Write(request, format.Escapes, input, 7);
            if (click.Length > EventLimits.MaxValueBytes)
            {
                continue; // a line may be longer than an event
            }

            EventFindings found = EventCheck.Inspect(click, EventCatalog.Clicks);
            Holds(found.Schema?.Type == "click", $"a click is {found.Reason} {found.Detail}");
            Holds(found.Time == request.TimeMs, $"the time is {found.Time}, the line's {request.TimeMs}");
        }
        return any;
    }

    public override void Dispose()
    {
        _clicks.Dispose();
        base.Dispose();
    }
}
