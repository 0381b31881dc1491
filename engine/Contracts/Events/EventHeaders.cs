using System.Text;

namespace Engine.Contracts.Events;

/// <summary>The headers of a record that say something of its event.</summary>
public enum EventHeader
{
    Other,
    ContentType,
    Type,
    Id,
    Time,
}

/// <summary>
/// What a record's headers say of its value: how it is encoded, and, in CloudEvents' binary mode, its type, id and
/// time, which win over the payload's. The one place that reads them, for clicks, labels and workflows. An empty type
/// or id is none; of two headers with one name the last counts.
/// </summary>
/// <param name="IsProtobuf">Whether the value is Protobuf; else it is JSON.</param>
/// <param name="Type">Null where no header says it.</param>
/// <param name="Id">Null where no header says it.</param>
public readonly record struct EventHeaders(
    bool IsProtobuf = false,
    string? Type = null,
    string? Id = null,
    HeaderTime Time = default
)
{
    /// <summary>The headers' names.</summary>
    public const string ContentTypeName = "content-type",
        TypeName = "ce_type",
        IdName = "ce_id",
        TimeName = "ce_time";

    /// <summary>Which header has this name.</summary>
    public static EventHeader NameOf(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("content-type"u8) ? EventHeader.ContentType
        : name.SequenceEqual("ce_type"u8) ? EventHeader.Type
        : name.SequenceEqual("ce_id"u8) ? EventHeader.Id
        : name.SequenceEqual("ce_time"u8) ? EventHeader.Time
        : EventHeader.Other;

    /// <summary>
    /// Whether a media type is Protobuf's: <c>application/protobuf</c> or <c>application/x-protobuf</c>, in any case,
    /// perhaps with parameters.
    /// </summary>
    public static bool IsProtobufType(ReadOnlySpan<byte> mediaType)
    {
        int end = mediaType.IndexOf((byte)';');
        ReadOnlySpan<byte> name = (end < 0 ? mediaType : mediaType[..end]).Trim(" \t"u8);
        return Ascii.EqualsIgnoreCase(name, "application/protobuf"u8)
            || Ascii.EqualsIgnoreCase(name, "application/x-protobuf"u8);
    }

    /// <summary>The same with what one more header says.</summary>
    /// <param name="value">Null where the header has no value: then it says nothing.</param>
    public EventHeaders With(ReadOnlySpan<byte> name, byte[]? value) =>
        value == null
            ? this
            : NameOf(name) switch
            {
                EventHeader.ContentType => this with { IsProtobuf = IsProtobufType(value) },
                EventHeader.Type => this with { Type = TextOf(value) },
                EventHeader.Id => this with { Id = TextOf(value) },
                EventHeader.Time => this with { Time = HeaderTime.Parse(value) },
                _ => this,
            };

    /// <summary>Reads them from who has them as texts by name.</summary>
    /// <param name="header">A header's text, or null where there is none.</param>
    public static EventHeaders Of(Func<string, string?> header)
    {
        var headers = new EventHeaders();
        foreach (string name in (ReadOnlySpan<string>)[ContentTypeName, TypeName, IdName, TimeName])
        {
            if (header(name) is { } text)
            {
                headers = headers.With(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(text));
            }
        }
        return headers;
    }

    private static string? TextOf(byte[] value) => value.Length == 0 ? null : Encoding.UTF8.GetString(value);
}
