using Engine.Contracts.Events;
using Fuzz.Tests.Running;
using Ingest.Tail;

namespace Fuzz.Tests.Targets;

/// <summary>Lines of access logs: a request becomes a click in well-formed JSON, or the problem has words.</summary>
internal sealed class AccessLog : FuzzTarget
{
    public override string Name => "access-log";
    public override int Share => 8;

    public override IReadOnlyList<byte[]> Valid { get; } =
        Examples.Bytes(
            """203.0.113.9 - - [22/Nov/2026:09:00:01 +0100] "GET /click?id=c-1&publisher=p&campaign=c&x=1.5&y=-2&viewport=1280x720&device.os=iOS&cost_micros=250000 HTTP/1.1" 302 0 "https://news.example/a" "Mozilla/5.0 (X11; Linux)" 7""",
            """2001:db8::7 - a user [10/Oct/2000:13:55:36 -0700] "GET /click?publisher=p&campaign=c%20d&visitor=%F0%9F%98%80 HTTP/2.0" 200 - "-" "a \"quoted\" \x22agent\x5C" """
        );

    protected override IEnumerable<string> Tokens =>
        "\" \\ \\x \\x2 \\xff \\\" [ ] - % %F0 %zz & = ? + x 1e999 -0 HTTP/1.1 +0100 29/Feb/2026 device.make=".Split(
            ' '
        );

    public override bool Accepts(ReadOnlySpan<byte> input)
    {
        AccessLine? line = AccessLine.Read(input, out string wrong);
        Holds(line == null == (wrong.Length > 0), "a line is both read and wrong, or neither");
        if (line == null)
        {
            return false;
        }

        ClickMapping.IsAt(line, "/click");
        byte[] click = ClickMapping.ToClick(line, ClickMapping.IdOf(input, 7));
        EventFindings found = EventCheck.Inspect(click, EventCatalog.Clicks);
        Holds(found.Schema?.Type == "click", $"a click is {found.Reason} {found.Detail}");
        Holds(found.Time == line.TimeMs, $"the time is {found.Time}, the line's {line.TimeMs}");
        return true;
    }
}
