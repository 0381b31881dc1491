using System.Text;
using Engine.Contracts;

namespace Engine.WebConsole.Log;

/// <summary>A record of Kafka.</summary>
/// <param name="Timestamp">In ms since the Unix epoch.</param>
/// <param name="Headers">In their order; a value may be missing.</param>
public sealed record LogRecord(
    string Topic,
    int Partition,
    long Offset,
    long Timestamp,
    byte[]? Key,
    byte[]? Value,
    IReadOnlyList<(string Name, byte[]? Value)> Headers
)
{
    /// <summary>Where the record lies: <c>interactions-2@118233</c>.</summary>
    public string At => new LogPlace(Topic, Partition, Offset).ToString();

    /// <summary>The key as text; null for none.</summary>
    public string? KeyText => Key == null ? null : Encoding.UTF8.GetString(Key);

    /// <summary>The text of the last header with a name; null for none.</summary>
    public string? Header(string name) =>
        Headers.LastOrDefault(header => header.Name == name && header.Value != null) is { Value: { } value }
            ? Encoding.UTF8.GetString(value)
            : null;
}
