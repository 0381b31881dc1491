namespace Engine.Workflows.Module;

/// <summary>An event of a workflow.</summary>
/// <param name="Type">The field <c>type</c>.</param>
/// <param name="Id">Identifies duplicates within the deduplication window; null if the event has no id.</param>
/// <param name="Key">The key its record should have, so that related events are in one partition.</param>
/// <param name="Time">Event time, ms since the epoch. For a decision, log time replaces it if it is too far from log
/// time.</param>
public abstract record WorkflowEvent(string Type, string? Id, string Key, long Time);
