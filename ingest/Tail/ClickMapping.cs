using System.Buffers;
using System.Globalization;
using System.IO.Hashing;
using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ingest.Tail;

/// <summary>Maps a request to a click-redirect endpoint to a contract <c>click</c> (docs/producing.md has the table).
/// The address, user agent and time come from the server's log, never from the query, which the client controls.
/// <c>page</c> comes from the query, otherwise from the referrer, which for such a request is the page with the
/// ad.</summary>
internal static class ClickMapping
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Query parameters that are fields of the same name, in the contract's order.</summary>
    private static readonly string[] Texts =
    [
        "visitor",
        "publisher",
        "placement",
        "campaign",
        "advertiser",
        "referrer",
        "target",
        "pointer",
    ];

    private static readonly string[] Numbers = ["cost_micros", "x", "y"];

    private static readonly string[] Device = ["make", "model", "os", "osv", "carrier", "connectiontype", "language"];

    /// <summary>Creates the event in JSON; the event check validates it.</summary>
    /// <param name="fallbackId">The id for a click whose query has none.</param>
    internal static byte[] ToClick(AccessLine line, string fallbackId)
    {
        Dictionary<string, string> query = Query(line.Target);
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            json.WriteString("type", "click");
            json.WriteString("id", query.TryGetValue("id", out string? id) && id.Length > 0 ? id : fallbackId);
            json.WriteNumber("time", line.TimeMs);
            json.WriteString("ip", line.Client);
            if (line.UserAgent.Length > 0)
            {
                json.WriteString("ua", line.UserAgent);
            }

            string page = query.GetValueOrDefault("page") is { Length: > 0 } named ? named : line.Referrer;
            if (page.Length > 0)
            {
                json.WriteString("page", page);
            }

            foreach (string name in Texts)
            {
                if (query.GetValueOrDefault(name) is { Length: > 0 } value)
                {
                    json.WriteString(name, value);
                }
            }

            foreach (string name in Numbers)
            {
                if (query.GetValueOrDefault(name) is { Length: > 0 } value)
                {
                    Number(json, name, value);
                }
            }

            if (query.GetValueOrDefault("viewport") is { Length: > 0 } viewport)
            {
                Viewport(json, viewport);
            }

            if (query.GetValueOrDefault("expects_path") is "1" or "true")
            {
                json.WriteBoolean("expects_path", true);
            }

            if (Device.Any(name => query.ContainsKey("device." + name)))
            {
                json.WriteStartObject("device");
                foreach (string name in Device)
                {
                    if (query.GetValueOrDefault("device." + name) is { Length: > 0 } value)
                    {
                        json.WriteString(name, value);
                    }
                }

                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Whether a request is for the endpoint, whatever its query.</summary>
    internal static bool IsAt(AccessLine line, string path)
    {
        ReadOnlySpan<char> target = line.Target;
        int query = target.IndexOf('?');
        if (query >= 0)
        {
            target = target[..query];
        }

        return target.SequenceEqual(path);
    }

    /// <summary>Gets the first value of each parameter, decoded.</summary>
    private static Dictionary<string, string> Query(string target)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        int at = target.IndexOf('?');
        if (at < 0)
        {
            return found;
        }

        foreach (string pair in target[(at + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=');
            string name = equals < 0 ? pair : pair[..equals];
            found.TryAdd(WebUtility.UrlDecode(name), equals < 0 ? "" : WebUtility.UrlDecode(pair[(equals + 1)..]));
        }
        return found;
    }

    /// <summary>Derives the id of a line's click. The same line at the same offset always gets the same id, so the
    /// engine recognises repeats.</summary>
    internal static string IdOf(ReadOnlySpan<byte> line, long offset) =>
        $"log-{XxHash128.HashToUInt128(line, offset):x32}";

    /// <summary>Writes a number as it was spelled, so that an invalid one is reported as it was.</summary>
    private static void Number(Utf8JsonWriter json, string name, string value)
    {
        if (long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole))
        {
            json.WriteNumber(name, whole);
        }
        else if (
            double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            && double.IsFinite(number)
        )
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteString(name, value);
        }
    }

    /// <summary>Parses <c>1280x720</c>.</summary>
    private static void Viewport(Utf8JsonWriter json, string value)
    {
        string[] sides = value.Split('x');
        if (
            sides.Length == 2
            && int.TryParse(sides[0], NumberStyles.None, CultureInfo.InvariantCulture, out int width)
            && int.TryParse(sides[1], NumberStyles.None, CultureInfo.InvariantCulture, out int height)
        )
        {
            json.WriteStartArray("viewport");
            json.WriteNumberValue(width);
            json.WriteNumberValue(height);
            json.WriteEndArray();
        }
        else
        {
            json.WriteString("viewport", value);
        }
    }
}
