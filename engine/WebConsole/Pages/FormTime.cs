using System.Globalization;

namespace Engine.WebConsole.Pages;

/// <summary>A browser's field of day and time. It has no zone: ours is UTC, and its label says so.</summary>
internal static class FormTime
{
    private const string Format = "yyyy-MM-dd'T'HH:mm";

    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>A time to come, in ms since the Unix epoch; null for anything else.</summary>
    public static long? Read(string? text, TimeProvider clock) =>
        DateTimeOffset.TryParseExact(
            text,
            Format,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out DateTimeOffset time
        )
        && time > clock.GetUtcNow()
            ? time.ToUnixTimeMilliseconds()
            : null;
}
