using System.Text.Json;
using Engine.Conditions;
using Engine.Contracts;
using Engine.Workflows.Module;
using Engine.Workflows.Priority.Settings;

namespace Engine.Workflows.Priority.Events;

/// <summary>What happens to an instance of a process.</summary>
/// <param name="Process">The process that it is one of.</param>
/// <param name="Instance">Its name, which keys the record.</param>
public abstract record ProcessEvent(string Type, string? Id, string Process, string Instance, long Time)
    : WorkflowEvent(Type, Id, Instance, Time)
{
    /// <summary>Attributes in an event, and of an instance.</summary>
    public const int MaxAttributes = 256;

    /// <summary>Bytes of UTF-8 in an attribute's text.</summary>
    public const int MaxTextBytes = 1024;

    /// <summary>Reads one of the contract's four; null where the reader was failed.</summary>
    public static ProcessEvent? Read(EventReader reader)
    {
        // The contract gives these events no id; one that is there all the same tells a second of it.
        string? id = reader.Header("ce_id") != null ? reader.Id() : reader.OptionalIdentifier("id");
        string process = reader.Identifier("process"),
            instance = reader.Identifier("instance");
        long time = reader.Time();
        ProcessEvent? e = reader.Type switch
        {
            "process-started" => new ProcessStarted(id, process, instance, time, Context(reader, required: false)),
            "process-context" => new ProcessContext(id, process, instance, time, Context(reader, required: true)),
            "process-taken" => new ProcessTaken(id, process, instance, time, reader.Identifier("worker")),
            "process-finished" => new ProcessFinished(id, process, instance, time),
            _ => null,
        };
        return reader.IsGood ? e : null;
    }

    private static Dictionary<string, CelValue?> Context(EventReader reader, bool required)
    {
        Dictionary<string, CelValue?> context = new(StringComparer.Ordinal);
        if (reader.Map("context", required) is not { } map)
        {
            return context;
        }

        foreach (JsonProperty property in map.EnumerateObject())
        {
            string name = $"context.{property.Name}";
            if (property.Name.Length is < 1 or > EventLimits.MaxIdentifierBytes || context.Count >= MaxAttributes)
            {
                reader.Fail(DeadLetterReason.OutOfRange, name);
            }
            else if (property.Value.ValueKind == JsonValueKind.Null)
            {
                context[property.Name] = null;
            }
            else if (
                property.Value.ValueKind == JsonValueKind.String
                && System.Text.Encoding.UTF8.GetByteCount(reader.TextOf(name, property.Value)) > MaxTextBytes
            )
            {
                reader.Fail(DeadLetterReason.OutOfRange, name);
            }
            else if (!reader.IsGood)
            {
                break;
            }
            else if (ContextValues.Of(property.Value) is { } value)
            {
                context[property.Name] = value;
            }
            else
            {
                reader.Fail(
                    property.Value.ValueKind == JsonValueKind.Number
                        ? DeadLetterReason.OutOfRange
                        : DeadLetterReason.WrongType,
                    name
                );
            }

            if (!reader.IsGood)
            {
                break;
            }
        }
        return context;
    }
}

/// <param name="Context">The attributes that it begins with.</param>
public sealed record ProcessStarted(
    string? Id,
    string Process,
    string Instance,
    long Time,
    IReadOnlyDictionary<string, CelValue?> Context
) : ProcessEvent("process-started", Id, Process, Instance, Time);

/// <param name="Context">The attributes that changed; null removes one.</param>
public sealed record ProcessContext(
    string? Id,
    string Process,
    string Instance,
    long Time,
    IReadOnlyDictionary<string, CelValue?> Context
) : ProcessEvent("process-context", Id, Process, Instance, Time);

/// <param name="Worker">Who has begun.</param>
public sealed record ProcessTaken(string? Id, string Process, string Instance, long Time, string Worker)
    : ProcessEvent("process-taken", Id, Process, Instance, Time);

public sealed record ProcessFinished(string? Id, string Process, string Instance, long Time)
    : ProcessEvent("process-finished", Id, Process, Instance, Time);
