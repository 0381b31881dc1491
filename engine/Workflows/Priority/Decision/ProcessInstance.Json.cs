using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Engine.Conditions;
using Engine.Workflows.Priority.Settings;

namespace Engine.Workflows.Priority.Decision;

/// <summary>An instance as text: the record that everyone reads, and what outlasts the process.</summary>
public sealed partial class ProcessInstance
{
    // Nothing of this is ever put into a page as it is, so quotes and letters of directives may stay readable.
    private static readonly JsonWriterOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>What others see of it; two that are equal need no new record.</summary>
    public (
        int Level,
        int Base,
        int Aged,
        string Directive,
        InstanceState State,
        long Since,
        string? Worker,
        long LeaseEnd
    ) Seen => (Level, Base, Aged, Directive, State, Since, Worker, LeaseEnd);

    /// <summary>The record <c>priority:{process}:instance</c>.</summary>
    /// <param name="at">Where the event lies that it is written for: <c>processes-1@42</c>.</param>
    public string RecordJson(string settings, string at) =>
        Text(json =>
        {
            json.WriteString("process", Process);
            json.WriteString("instance", Name);
            WriteStanding(json);
            json.WriteString("settings", settings);
            json.WriteNumber("start", Start);
            WriteLease(json);
            json.WriteString("at", at);
        });

    /// <summary>All that it is, for <see cref="FromMemory"/>.</summary>
    public string MemoryJson() =>
        Text(json =>
        {
            json.WriteStartObject("context");
            foreach ((string name, CelValue value) in _context)
            {
                ContextValues.Write(json, name, value);
            }

            json.WriteEndObject();
            json.WriteNumber("start", Start);
            WriteStanding(json);
            json.WriteNumber("last_change", _lastChange);
            json.WriteNumber("requested", _request.Level);
            json.WriteString("requested_by", _request.Directive);
            json.WriteStartArray("lower");
            foreach (LowerRequests.Held held in _lower.All)
            {
                json.WriteStartObject();
                json.WriteNumber("level", held.Level);
                json.WriteString("directive", held.Directive);
                json.WriteNumber("since", held.Since);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteNumber("ageing_ms", _ageingMs);
            json.WriteNumber("steps", _steps);
            json.WriteNumber("waited_ms", _waited);
            json.WriteNumber("counted_to", _countedTo);
            WriteLease(json);
            json.WriteNumber("due", Due);
        });

    /// <summary>An instance as it was when <see cref="MemoryJson"/> was written.</summary>
    public static ProcessInstance FromMemory(string process, string name, JsonElement memory)
    {
        var instance = new ProcessInstance(process, name)
        {
            Start = Whole("start"),
            Level = (int)Whole("level"),
            Base = (int)Whole("base"),
            Aged = (int)Whole("aged"),
            Directive = Word("directive"),
            State = StateOf(Word("state")),
            Since = Whole("since"),
            Changes = (int)Whole("changes"),
            Due = Whole("due"),
        };
        foreach (JsonProperty property in memory.GetProperty("context").EnumerateObject())
        {
            instance._context[property.Name] = ContextValues.Of(property.Value)!.Value;
        }

        foreach (JsonElement held in memory.GetProperty("lower").EnumerateArray())
        {
            instance._lower.Restore(
                new LowerRequests.Held(
                    held.GetProperty("level").GetInt32(),
                    held.GetProperty("directive").GetString()!,
                    held.GetProperty("since").GetInt64()
                )
            );
        }

        instance._request = new Request((int)Whole("requested"), Word("requested_by"));
        (instance._ageingMs, instance._steps, instance._waited, instance._countedTo, instance._lastChange) = (
            Whole("ageing_ms"),
            Whole("steps"),
            Whole("waited_ms"),
            Whole("counted_to"),
            Whole("last_change")
        );
        if (instance.State == InstanceState.Taken)
        {
            (instance.Worker, instance.LeaseEnd) = (Word("worker"), Whole("lease_until"));
        }

        return instance;

        long Whole(string field) => memory.GetProperty(field).GetInt64();
        string Word(string field) => memory.GetProperty(field).GetString()!;
    }

    /// <summary>Where it stands: in the record and in memory alike.</summary>
    private void WriteStanding(Utf8JsonWriter json)
    {
        json.WriteNumber("level", Level);
        json.WriteNumber("base", Base);
        json.WriteNumber("aged", Aged);
        json.WriteString("directive", Directive);
        json.WriteString("state", WordOf(State));
        json.WriteNumber("since", Since);
        json.WriteNumber("changes", Changes);
    }

    private void WriteLease(Utf8JsonWriter json)
    {
        if (State != InstanceState.Taken)
        {
            return;
        }

        json.WriteString("worker", Worker);
        json.WriteNumber("lease_until", LeaseEnd);
    }

    private static string WordOf(InstanceState state) =>
        state switch
        {
            InstanceState.Waiting => "waiting",
            InstanceState.Taken => "taken",
            _ => "finished",
        };

    private static InstanceState StateOf(string word) => word == "taken" ? InstanceState.Taken : InstanceState.Waiting;

    private static string Text(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer, Readable);
        json.WriteStartObject();
        write(json);
        json.WriteEndObject();
        json.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
