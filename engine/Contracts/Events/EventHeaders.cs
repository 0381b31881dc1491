using System.Text;

namespace Engine.Contracts.Events;

/// <summary>The record headers that describe an event.</summary>
public enum EventHeader
{
    Other,
    ContentType,
    Type,
    Id,
    Time,
}

/// <summary>What a record's headers say about its value: its encoding and, in CloudEvents' binary mode, its type, id
/// and time, which override the payload's. Clicks, labels and workflows all read headers here. An empty type or id
/// counts as absent, and the last of duplicate headers counts.</summary>
/// <param name="IsProtobuf">Whether the value is Protobuf rather than JSON.</param>
/// <param name="Type">The type, or null if no header gives it.</param>
/// <param name="Id">The id, or null if no header gives it.</param>
public readonly record struct EventHeaders(
    bool IsProtobuf = false,
    string? Type = null,
    string? Id = null,
    HeaderTime Time = default
)
{
    /// <summary>The names of the headers.</summary>
    public const string ContentTypeName = "content-type",
        TypeName = "ce_type",
        IdName = "ce_id",
        TimeName = "ce_time";

    /// <summary>Gets the header with a name.</summary>
    public static EventHeader NameOf(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("content-type"u8) ? EventHeader.ContentType
        : name.SequenceEqual("ce_type"u8) ? EventHeader.Type
        : name.SequenceEqual("ce_id"u8) ? EventHeader.Id
        : name.SequenceEqual("ce_time"u8) ? EventHeader.Time
        : EventHeader.Other;

    /// <summary>Whether a media type is Protobuf's: <c>application/protobuf</c> or <c>application/x-protobuf</c>, in
    /// any case, with or without parameters.</summary>
    public static bool IsProtobufType(ReadOnlySpan<byte> mediaType)
    {
        int end = mediaType.IndexOf((byte)';');
        ReadOnlySpan<byte> name = (end < 0 ? mediaType : mediaType[..end]).Trim(" \t"u8);
        return Ascii.EqualsIgnoreCase(name, "application/protobuf"u8)
            || Ascii.EqualsIgnoreCase(name, "application/x-protobuf"u8);
    }

    /// <summary>Adds one header.</summary>
    /// <param name="value">The header's value; null leaves everything unchanged.</param>
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

    /// <summary>Reads the headers from a look-up by name.</summary>
    /// <param name="header">Gets a header's text, or null if it is absent.</param>
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
