using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Engine.Workflows.Meetings.Decision;

/// <summary>Writes JSON into a buffer that is used again, as many notices fall due at once. Not thread-safe.</summary>
internal sealed class JsonLines
{
    // One line, readable in redis-cli; pages must encode it.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _buffer = new(4096);

    /// <summary>Starts an object.</summary>
    public Utf8JsonWriter Begin()
    {
        _buffer.ResetWrittenCount();
        var json = new Utf8JsonWriter(_buffer, Options);
        json.WriteStartObject();
        return json;
    }

    /// <summary>Ends the object that was started last, and returns it.</summary>
    public string End(Utf8JsonWriter json)
    {
        json.WriteEndObject();
        json.Dispose();
        return Encoding.UTF8.GetString(_buffer.WrittenSpan);
    }
}
