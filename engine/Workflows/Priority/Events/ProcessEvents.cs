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
    public const int MaxAttributes = EventLimits.MaxAttributes;

    /// <summary>Reads one of the contract's four; null for another type.</summary>
    public static ProcessEvent? Read(EventReader reader)
    {
        // The contract gives these events no id; one that is there all the same tells a second of it.
        string? id = reader.OptionalId();
        string process = reader.Text("process"),
            instance = reader.Text("instance");
        long time = reader.Time();
        return reader.Type switch
        {
            "process-started" => new ProcessStarted(id, process, instance, time, Context(reader)),
            "process-context" => new ProcessContext(id, process, instance, time, Context(reader)),
            "process-taken" => new ProcessTaken(id, process, instance, time, reader.Text("worker")),
            "process-finished" => new ProcessFinished(id, process, instance, time),
            _ => null,
        };
    }

    /// <summary>The attributes; null values are those that null removes.</summary>
    private static Dictionary<string, CelValue?> Context(EventReader reader) =>
        reader
            .Entries("context")
            .ToDictionary(entry => entry.Key, entry => ContextValues.Of(entry.Value), StringComparer.Ordinal);
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
