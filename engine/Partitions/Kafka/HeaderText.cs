using System.Text;
using Confluent.Kafka;

namespace Engine.Partitions.Kafka;

/// <summary>Reads headers of Kafka's client as text.</summary>
public static class HeaderText
{
    /// <summary>The text of the last header with a name. A header may have no value: such a header counts as
    /// absent.</summary>
    /// <param name="headers">A message's headers; null if it has none.</param>
    /// <param name="name">The name.</param>
    public static string? Of(Headers? headers, string name)
    {
        for (int i = (headers?.Count ?? 0) - 1; i >= 0; i--)
        {
            IHeader header = headers![i];
            if (header.Key == name && header.GetValueBytes() is { } value)
            {
                return Encoding.UTF8.GetString(value);
            }
        }

        return null;
    }
}
