using System.Text.Json;
using Confluent.Kafka;
using Engine.Contracts.Protobuf;
using Engine.Partitions.Kafka;
using Google.Protobuf;

namespace Engine.App.Explain;

/// <summary>The part of an <c>interactions</c> record that a path needs, from JSON or Protobuf. CloudEvents headers
/// override the payload.</summary>
/// <param name="Id">The click's own id, or the id of the click that a path belongs to.</param>
/// <param name="Points">The path in the record, or null.</param>
internal sealed record LogEvent(string Type, string Id, IReadOnlyList<PathPoint>? Points)
{
    /// <summary>Returns null if the record can't be read, or is neither a click nor a path.</summary>
    public static LogEvent? Of(Message<byte[], byte[]> message)
    {
        if (message.Value is not { Length: > 0 } value)
        {
            return null;
        }

        try
        {
            LogEvent? found =
                HeaderText.Of(message.Headers, "content-type") is { } type
                && (
                    type.StartsWith("application/protobuf", StringComparison.Ordinal)
                    || type.StartsWith("application/x-protobuf", StringComparison.Ordinal)
                )
                    ? OfProtobuf(value, HeaderText.Of(message.Headers, "ce_type"))
                    : OfJson(value, HeaderText.Of(message.Headers, "ce_type"));
            return found is { Type: "click" } && HeaderText.Of(message.Headers, "ce_id") is { } id
                ? found with
                {
                    Id = id,
                }
                : found;
        }
        catch (Exception error)
            when (error is JsonException or InvalidProtocolBufferException or InvalidOperationException)
        {
            return null; // a dead letter, which has no path
        }
    }

    private static LogEvent? OfJson(byte[] value, string? typeOfHeader)
    {
        using JsonDocument json = JsonDocument.Parse(value);
        JsonElement root = json.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        string? type = typeOfHeader ?? Text(root, "type");
        if (type is not ("click" or "cursor-path") || Text(root, type == "click" ? "id" : "click") is not { } id)
        {
            return null;
        }

        if (
            !root.TryGetProperty(type == "click" ? "path" : "points", out JsonElement points)
            || points.ValueKind != JsonValueKind.Array
        )
        {
            return new LogEvent(type, id, null);
        }

        return new LogEvent(
            type,
            id,
            [
                .. points
                    .EnumerateArray()
                    .Select(point => new PathPoint(point[0].GetDouble(), point[1].GetDouble(), point[2].GetDouble())),
            ]
        );
    }

    private static LogEvent? OfProtobuf(byte[] value, string? typeOfHeader)
    {
        Event e = Event.Parser.ParseFrom(value);
        string type = typeOfHeader ?? e.Type;
        if (type is not ("click" or "cursor-path"))
        {
            return null;
        }

        Google.Protobuf.Collections.RepeatedField<Point> points = type == "click" ? e.Path : e.Points;
        return new LogEvent(
            type,
            type == "click" ? e.Id : e.Click,
            points.Count == 0 ? null : [.. points.Select(point => new PathPoint(point.T, point.X, point.Y))]
        );
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
