using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Engine.Workflows.Priority.Settings;

namespace Engine.Workflows.Priority.Decision;

/// <summary>An instance as JSON: the published record, and the part that it shares with
/// <see cref="InstanceMemory"/>.</summary>
internal static class InstanceJson
{
    // Never embedded in a page unencoded, so quotes and letters of directives stay readable.
    private static readonly JsonWriterOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The record <c>priority:{process}:instance</c>.</summary>
    /// <param name="at">The position of the event that caused it: <c>processes-1@42</c>.</param>
    public static string Record(ProcessInstance instance, string settings, string at) =>
        Text(json =>
        {
            json.WriteString("process", instance.Process);
            json.WriteString("instance", instance.Name);
            WriteStanding(
                json,
                instance.Level,
                instance.Base,
                instance.Aged,
                instance.Overridden == null ? instance.Directive : LevelOverride.Directive,
                instance.State,
                instance.Since,
                instance.Changes
            );
            json.WriteString("settings", settings);
            json.WriteNumber("start", instance.Start);
            WriteLease(json, instance.State, instance.Worker, instance.LeaseEnd);
            json.WriteString("at", at);
        });

    /// <summary>Writes the status, which the record and the memory share.</summary>
    public static void WriteStanding(
        Utf8JsonWriter json,
        int level,
        int @base,
        int aged,
        string directive,
        InstanceState state,
        long since,
        int changes
    )
    {
        json.WriteNumber("level", level);
        json.WriteNumber("base", @base);
        json.WriteNumber("aged", aged);
        json.WriteString("directive", directive);
        json.WriteString("state", WordOf(state));
        json.WriteNumber("since", since);
        json.WriteNumber("changes", changes);
    }

    public static void WriteLease(Utf8JsonWriter json, InstanceState state, string? worker, long end)
    {
        if (state != InstanceState.Taken)
        {
            return;
        }

        json.WriteString("worker", worker);
        json.WriteNumber("lease_until", end);
    }

    /// <summary>Reads a state from memory, where no instance is finished: finished ones are forgotten.</summary>
    public static InstanceState StateOf(string word) => word == "taken" ? InstanceState.Taken : InstanceState.Waiting;

    public static string Text(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer, Readable);
        json.WriteStartObject();
        write(json);
        json.WriteEndObject();
        json.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string WordOf(InstanceState state) =>
        state switch
        {
            InstanceState.Waiting => "waiting",
            InstanceState.Taken => "taken",
            _ => "finished",
        };
}
