using Engine.Conditions;
using Engine.Contracts;
using Engine.Workflows.Module;

namespace Engine.Workflows.Priority.Events;

/// <summary>An event of a process instance.</summary>
/// <param name="Process">The kind of process.</param>
/// <param name="Instance">The instance's name, which keys the record.</param>
public abstract record ProcessEvent(string Type, string? Id, string Process, string Instance, long Time)
    : WorkflowEvent(Type, Id, Instance, Time)
{
    /// <summary>The maximum number of attributes in an event and of an instance.</summary>
    public const int MaxAttributes = EventLimits.MaxAttributes;

    /// <summary>Reads one of the four events; null for another type.</summary>
    public static ProcessEvent? Read(EventReader reader)
    {
        // The id is optional in these events; if present it identifies duplicates.
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

    /// <summary>The attributes; a null value removes one.</summary>
    private static Dictionary<string, CelValue?> Context(EventReader reader) =>
        reader
            .Entries("context")
            .ToDictionary(entry => entry.Key, entry => ScalarValue.Of(entry.Value), StringComparer.Ordinal);
}

/// <param name="Context">The initial attributes.</param>
public sealed record ProcessStarted(
    string? Id,
    string Process,
    string Instance,
    long Time,
    IReadOnlyDictionary<string, CelValue?> Context
) : ProcessEvent("process-started", Id, Process, Instance, Time);

/// <param name="Context">The changed attributes; null removes one.</param>
public sealed record ProcessContext(
    string? Id,
    string Process,
    string Instance,
    long Time,
    IReadOnlyDictionary<string, CelValue?> Context
) : ProcessEvent("process-context", Id, Process, Instance, Time);

/// <param name="Worker">The worker that has begun.</param>
public sealed record ProcessTaken(string? Id, string Process, string Instance, long Time, string Worker)
    : ProcessEvent("process-taken", Id, Process, Instance, Time);

public sealed record ProcessFinished(string? Id, string Process, string Instance, long Time)
    : ProcessEvent("process-finished", Id, Process, Instance, Time);
