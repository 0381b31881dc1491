using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Engine.Contracts;

namespace Engine.Partitions.Kafka;

/// <summary>Adds the headers of a dead letter.</summary>
public static class DeadLetters
{
    /// <param name="detail">What is wrong; of several lines, one is made, as tools print a letter per line.</param>
    public static void AddHeaders(
        Headers headers,
        DeadLetterReason reason,
        string detail,
        string topic,
        int partition,
        long offset
    )
    {
        headers.Add("error.reason", Encoding.UTF8.GetBytes(reason.Word()));
        headers.Add("error.detail", Encoding.UTF8.GetBytes(OneLine(detail)));
        headers.Add("error.topic", Encoding.UTF8.GetBytes(topic));
        headers.Add("error.partition", Encoding.UTF8.GetBytes(partition.ToString(CultureInfo.InvariantCulture)));
        headers.Add("error.offset", Encoding.UTF8.GetBytes(offset.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>Joins the lines of a text by spaces.</summary>
    public static string OneLine(string text) =>
        text.AsSpan().ContainsAny('\r', '\n')
            ? string.Join(
                ' ',
                text.Split(['\r', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            )
            : text;
}
