using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Engine.Contracts;
using Engine.WebConsole.Log;

namespace Engine.WebConsole.DeadLetters;

/// <summary>An event that couldn't be used, as the topic <c>dead-letters</c> has it.</summary>
public sealed record DeadLetter(LogRecord Record)
{
    /// <summary>What begins the names of the headers that tell why it is one.</summary>
    public const string OwnHeaders = "error.";

    private const int ShownBytes = 4_096,
        BytesPerLine = 16;

    /// <summary>The reason's word; empty if it isn't told.</summary>
    public string Reason => Record.Header("error.reason") ?? "";

    /// <summary>The bad field, or a description of the problem.</summary>
    public string Detail => Record.Header("error.detail") ?? "";

    /// <summary>The topic that it came by.</summary>
    public string Topic => Record.Header("error.topic") ?? "";

    /// <summary>Where it lay: <c>interactions-2@118233</c>.</summary>
    public string CameFrom => $"{Topic}-{Record.Header("error.partition")}@{Record.Header("error.offset")}";

    /// <summary>Whether the broker took only a part of the value.</summary>
    public bool IsTruncated => Record.Header("error.truncated") != null;

    public int Length => Record.Value?.Length ?? 0;

    /// <summary>The headers that it came with.</summary>
    public IEnumerable<(string Name, byte[]? Value)> OriginalHeaders =>
        Record.Headers.Where(header => !header.Name.StartsWith(OwnHeaders, StringComparison.Ordinal));

    /// <summary>The whole value as text; null if it isn't UTF-8, or Protobuf.</summary>
    public string? Text =>
        Record.Value is { } value && !EventText.IsProtobuf(Record) && Utf8.IsValid(value)
            ? Encoding.UTF8.GetString(value)
            : null;

    /// <summary>The beginning of the value in hex and ASCII, sixteen bytes a line.</summary>
    public string Hex
    {
        get
        {
            var lines = new StringBuilder();
            byte[] value = Record.Value ?? [];
            for (int at = 0; at < Math.Min(value.Length, ShownBytes); at += BytesPerLine)
            {
                byte[] line = value[at..Math.Min(value.Length, at + BytesPerLine)];
                string letters = string.Concat(line.Select(one => one is > 0x1f and < 0x7f ? (char)one : '.'));
                string digits = string.Join(' ', line.Select(one => one.ToString("x2", CultureInfo.InvariantCulture)));
                lines.Append(CultureInfo.InvariantCulture, $"{at:x6}  {digits.PadRight(3 * BytesPerLine)} {letters}\n");
            }

            return value.Length > ShownBytes ? lines.Append("…\n").ToString() : lines.ToString();
        }
    }

    /// <summary>Replaces what isn't visible, or turns the direction of text, so that nothing on the page looks like
    /// something else.</summary>
    public static string Visible(string text) =>
        string.Concat(
            text.Select(letter =>
                letter is '\n' or '\t' ? letter.ToString()
                : char.IsControl(letter) || char.GetUnicodeCategory(letter) == UnicodeCategory.Format
                    ? $"\\u{(int)letter:x4}"
                : letter.ToString()
            )
        );

    /// <summary>What the reason means, and what to do.</summary>
    public string Words =>
        Reason switch
        {
            "malformed" => "The value isn't one JSON object (or Protobuf message) that can be read.",
            "missing-field" => "A field that is required isn't there.",
            "wrong-type" => "A field's value is of another type than the field's.",
            "out-of-range" => "A field's value is outside of what the field allows.",
            "too-large" => "The value is larger than events may be.",
            "unknown-type" => "The topic doesn't hold events of this type.",
            _ => "Why it can't be used isn't told.",
        };

    /// <summary>The reasons that there are.</summary>
    public static IReadOnlyList<string> Reasons { get; } =
    [.. Enum.GetValues<DeadLetterReason>().Where(one => one != DeadLetterReason.None).Select(one => one.Word())];
}
