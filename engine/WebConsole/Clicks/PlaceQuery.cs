using System.Globalization;
using Engine.Client;
using Engine.Web;

namespace Engine.WebConsole.Clicks;

/// <summary>Reads from a look-up's query where its click lies: <c>?key=203.0.113.0/24</c> with <c>&amp;offset=</c> or
/// <c>&amp;sent=</c>.</summary>
public static class PlaceQuery
{
    /// <summary>The place; null if the query says none.</summary>
    /// <exception cref="RefusedException">It says a part of one, or something else (400).</exception>
    public static ClickPlace? Of(HttpRequest request)
    {
        string key = request.Query["key"].ToString(),
            offset = request.Query["offset"].ToString(),
            sent = request.Query["sent"].ToString();
        if ((key, offset, sent) is ("", "", ""))
        {
            return null;
        }

        if (key.Length == 0)
        {
            throw Refused("'key' is missing: give the click's network, such as 203.0.113.0/24", "key");
        }

        return (offset.Length > 0, sent.Length > 0) switch
        {
            (true, false) => ClickPlace.At(key, Number(offset, "offset")),
            (false, true) => ClickPlace.SentAt(key, Number(sent, "sent")),
            (false, false) => throw Refused("with 'key', give 'offset' or 'sent'", "offset"),
            _ => throw Refused("give 'offset' or 'sent', not both", "sent"),
        };
    }

    /// <summary>The query that says a place by its key; empty for none.</summary>
    public static string Text(ClickPlace? place) =>
        place is { Key: { } key } at
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"?key={Uri.EscapeDataString(key)}&{(at.Offset == null ? "sent" : "offset")}={at.Offset ?? at.Sent}"
            )
            : "";

    private static long Number(string text, string field) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw Refused($"'{field}' is '{text}'; expected a whole number, 0 or more", field);

    private static RefusedException Refused(string what, string where) =>
        new(StatusCodes.Status400BadRequest, what, where);
}
