namespace Engine.Workflows.Module;

/// <summary>An event of a workflow.</summary>
/// <param name="Type">Its <c>type</c>.</param>
/// <param name="Id">By what a second of it is known for the hour that ids are remembered; null where nothing
/// tells.</param>
/// <param name="Key">The key that its record should have, so that events which belong together lie in one
/// partition.</param>
/// <param name="Time">Event time, ms since the epoch. When decided, as it is believed: log time stands in where it lies
/// too far from it.</param>
public abstract record WorkflowEvent(string Type, string? Id, string Key, long Time);
