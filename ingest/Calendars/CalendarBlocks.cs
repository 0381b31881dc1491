using System.Globalization;

namespace Ingest.Calendars;

/// <summary>The events of a calendar as text, so that one that is broken doesn't cost the others.</summary>
internal sealed class CalendarBlocks
{
    private readonly string[] _lines;
    private readonly string _zones;

    public CalendarBlocks(string text)
    {
        _lines = text.ReplaceLineEndings("\n").Split('\n');
        _zones = string.Concat(Of("VTIMEZONE").Select(block => block.Text));
    }

    /// <summary>The events, with the numbers of their first and last lines.</summary>
    public IEnumerable<(string Text, int First, int Last)> Events => Of("VEVENT");

    /// <summary>A calendar of one event, with all time zones.</summary>
    public string Alone(string block) => $"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{_zones}{block}END:VCALENDAR\r\n";

    /// <summary>The place of a line that a message quotes: "line 7: "; empty if it quotes none.</summary>
    public string PlaceOf(string message)
    {
        string[] quoted = message.Split('\'');
        int line =
            quoted.Length < 3
                ? -1
                : Array.FindIndex(_lines, one => one.Length > 0 && quoted[1].StartsWith(one, StringComparison.Ordinal));
        return line < 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"line {line + 1}: ");
    }

    private IEnumerable<(string Text, int First, int Last)> Of(string name)
    {
        int first = -1;
        for (int i = 0; i < _lines.Length; i++)
        {
            if (Is(_lines[i], "BEGIN:" + name))
            {
                first = i;
            }
            else if (first >= 0 && Is(_lines[i], "END:" + name))
            {
                yield return (string.Concat(_lines[first..(i + 1)].Select(line => line + "\r\n")), first + 1, i + 1);
                first = -1;
            }
        }
    }

    private static bool Is(string line, string word) =>
        line.AsSpan().TrimEnd().Equals(word, StringComparison.OrdinalIgnoreCase);
}
