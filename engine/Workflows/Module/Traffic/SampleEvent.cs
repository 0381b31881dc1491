namespace Engine.Workflows.Module.Traffic;

/// <summary>An event of sample traffic, with its ground truth.</summary>
/// <param name="Json">The event; for the actor <c>malformed</c> it may not be JSON at all.</param>
/// <param name="Type">Its correct type.</param>
/// <param name="Topic">The topic to send it to.</param>
/// <param name="Key">The record's key.</param>
/// <param name="TimeMs">Its time, which is also the record's timestamp.</param>
/// <param name="Actor">The name of a class of behaviour, such as <c>person.mouse</c>.</param>
/// <param name="Click">The click's id; for a path, the id of its click.</param>
/// <param name="Invalid">For a click that gets a verdict, whether it is invalid; null for paths, repeats and malformed
/// events.</param>
public sealed record SampleEvent(
    byte[] Json,
    string Type,
    string Topic,
    string Key,
    long TimeMs,
    string Actor,
    string Click,
    bool? Invalid
);
