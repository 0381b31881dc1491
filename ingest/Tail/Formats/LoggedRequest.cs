using System.Buffers.Text;
using System.Text;

namespace Ingest.Tail.Formats;

/// <summary>A request as a server logged it: spans of the line's bytes, still escaped as the format has it. An absent
/// field is empty.</summary>
internal ref struct LoggedRequest
{
    /// <summary>The problem of a request line that isn't HTTP. Port scanners and handshakes of TLS leave such lines in
    /// every log, in whatever format.</summary>
    internal const string NotHttp = "request '{0}' isn't METHOD TARGET PROTOCOL";

    private const int MaxShown = 60;

    private long? _date,
        _timeOfDay;
    private bool _hasTarget;

    /// <summary>The address of the client, perhaps with port and brackets.</summary>
    internal ReadOnlySpan<byte> Client;

    /// <summary>The header X-Forwarded-For.</summary>
    internal ReadOnlySpan<byte> ForwardedFor;
    internal ReadOnlySpan<byte> Method;
    internal ReadOnlySpan<byte> Path;

    /// <summary>What follows the question mark of the target.</summary>
    internal ReadOnlySpan<byte> Query;
    internal ReadOnlySpan<byte> Referrer;
    internal ReadOnlySpan<byte> UserAgent;

    /// <summary>The time, in ms since the Unix epoch; null if the line has none.</summary>
    internal long? TimeMs;
    internal int? Status;

    /// <summary>What is wrong with the line, where <c>{0}</c> stands for <see cref="Culprit"/>; null if
    /// nothing.</summary>
    internal string? Problem;

    /// <summary>The text that is wrong.</summary>
    internal ReadOnlySpan<byte> Culprit;

    /// <summary>Describes what is wrong.</summary>
    internal readonly string InWords()
    {
        ReadOnlySpan<byte> shown = Culprit.Length > MaxShown ? Culprit[..MaxShown] : Culprit;
        string text = Encoding.UTF8.GetString(shown) + (Culprit.Length > MaxShown ? "…" : "");
        return Problem!.Replace("{0}", text, StringComparison.Ordinal);
    }

    /// <summary>Notes what is wrong with the line.</summary>
    /// <returns>False.</returns>
    internal bool Fail(string problem, ReadOnlySpan<byte> culprit = default)
    {
        Problem = problem;
        Culprit = culprit;
        return false;
    }

    /// <summary>Reads a field of the line. Returns false, with the problem, if it isn't what it should be.</summary>
    internal bool Set(LogField field, ReadOnlySpan<byte> value)
    {
        switch (field)
        {
            case LogField.Client:
                Client = value;
                break;
            case LogField.ForwardedFor:
                ForwardedFor = OrEmpty(value);
                break;
            case LogField.Time:
                return SetTime(value);
            case LogField.Date:
                if (!LogTime.TryDate(value, out long date) || date < 0)
                {
                    return Fail("date '{0}' isn't a date such as 2026-11-22", value);
                }

                _date = date;
                TimeMs = _date + _timeOfDay;
                break;
            case LogField.TimeOfDay:
                if (!LogTime.TryTimeOfDay(value, out long time))
                {
                    return Fail("time '{0}' isn't a time such as 09:00:01", value);
                }

                _timeOfDay = time;
                TimeMs = _date + _timeOfDay;
                break;
            case LogField.Request:
                return SetRequest(value, isUrl: false);
            case LogField.UrlRequest:
                return SetRequest(value, isUrl: true);
            case LogField.Method:
                Method = value;
                break;
            case LogField.Target:
                SetTarget(value);
                break;
            case LogField.Path when !_hasTarget:
                Path = value;
                break;
            case LogField.Query when !_hasTarget:
                Query = OrEmpty(value);
                break;
            case LogField.Status:
                return SetStatus(value);
            case LogField.Referrer:
                Referrer = OrEmpty(value);
                break;
            case LogField.UserAgent:
                UserAgent = OrEmpty(value);
                break;
        }
        return true;
    }

    /// <summary>Whether the line had all that a click needs. Returns false, with the problem, if it hadn't.</summary>
    internal bool IsComplete() =>
        TimeMs is null ? Fail("there is no time")
        : Client.IsEmpty ? Fail("there is no client address")
        : Method.IsEmpty || Path.IsEmpty ? Fail("there is no request, or it has no method or no path")
        : Status is null ? Fail("there is no status")
        : true;

    private bool SetTime(ReadOnlySpan<byte> value)
    {
        if (!LogTime.TryParse(value, out long ms))
        {
            return Fail(
                "time '{0}' isn't a time such as 10/Oct/2000:13:55:36 -0700, 2000-10-10T20:55:36Z or 971211336.123",
                value
            );
        }

        TimeMs = ms;
        return true;
    }

    private bool SetStatus(ReadOnlySpan<byte> value)
    {
        if (!Utf8Parser.TryParse(value, out int status, out int read) || read != value.Length || status < 0)
        {
            return Fail("status '{0}' isn't a number", value);
        }

        Status = status;
        return true;
    }

    private bool SetRequest(ReadOnlySpan<byte> value, bool isUrl)
    {
        int method = value.IndexOf((byte)' ');
        ReadOnlySpan<byte> rest = method <= 0 ? default : value[(method + 1)..];
        int end = rest.IndexOf((byte)' ');
        if (rest.IsEmpty || end == 0 || (end > 0 && rest[(end + 1)..].Contains((byte)' ')))
        {
            return Fail(NotHttp, value);
        }

        ReadOnlySpan<byte> target = end < 0 ? rest : rest[..end];
        if (isUrl && target.IndexOf("://"u8) is >= 0 and var scheme)
        {
            target = target[(scheme + 3)..];
            target = target.IndexOf((byte)'/') is >= 0 and var path ? target[path..] : "/"u8;
        }

        Method = value[..method];
        SetTarget(target);
        return true;
    }

    private void SetTarget(ReadOnlySpan<byte> target)
    {
        int mark = target.IndexOf((byte)'?');
        Path = mark < 0 ? target : target[..mark];
        Query = mark < 0 ? default : target[(mark + 1)..];
        _hasTarget = true;
    }

    /// <summary>Logs spell an absent field as a hyphen.</summary>
    private static ReadOnlySpan<byte> OrEmpty(ReadOnlySpan<byte> value) => value is [(byte)'-'] ? default : value;
}
