using System.Globalization;
using Engine.WebConsole.Totals;

namespace Engine.WebConsole.Pages;

/// <summary>Formats the console's numbers for people.</summary>
internal static class ConsoleWording
{
    private const decimal MicrosPerUnit = 1_000_000m;

    private const long MicrosPerCent = 10_000;

    /// <summary>The year 10000, ms: what comes from events may be any number.</summary>
    private const long MaxTime = 253_402_300_800_000;

    /// <summary>An amount in units of the account's currency, exactly.</summary>
    public static string Money(long micros) =>
        (micros / MicrosPerUnit).ToString(micros % MicrosPerCent == 0 ? "N2" : "N6", CultureInfo.InvariantCulture);

    /// <summary>The address of a campaign's or publisher's page; null if no address can lead there: browsers resolve
    /// dots.</summary>
    public static string? AddressOf(SumKind kind, string id) =>
        AddressIn($"/console/{kind.Plural()}", id);

    /// <summary>The address of something's page below its list's; null if no address can lead there: browsers resolve
    /// dots.</summary>
    public static string? AddressIn(string home, string id) =>
        id is "." or ".." ? null : $"{home}/{Uri.EscapeDataString(id)}";

    /// <summary>The address of a click's page; null if no address can lead there: browsers resolve dots.</summary>
    public static string? ClickAddress(string click) =>
        AddressIn("/console/clicks", click);

    /// <summary>A time to the second.</summary>
    public static string Second(long ms) =>
        ms is > 0 and < MaxTime
            ? DateTimeOffset
                .FromUnixTimeMilliseconds(ms)
                .ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture)
            : "-";

    /// <summary>A share as per cent, with a decimal.</summary>
    public static string Share(double share) => share.ToString("0.0\u00A0%", CultureInfo.InvariantCulture);

    /// <summary>A class of verdicts in words.</summary>
    public static string ClassWords(string @class) =>
        @class switch
        {
            "valid" => "Valid",
            "suspect" => "Suspect",
            "givt" => "General invalid (GIVT)",
            "sivt" => "Sophisticated invalid (SIVT)",
            _ => @class,
        };
}
