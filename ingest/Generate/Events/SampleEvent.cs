namespace Ingest.Generate.Events;

/// <summary>An event of sample traffic, and what is true of it.</summary>
/// <param name="Json">The event; of actor <c>malformed</c> perhaps no JSON at all.</param>
/// <param name="Type">Its type as it should be.</param>
/// <param name="Topic">The topic that it goes to.</param>
/// <param name="Key">The record's key.</param>
/// <param name="TimeMs">Its time, and the record's timestamp.</param>
/// <param name="Actor">Who did it: the name of a class of behaviour, as <c>person.mouse</c>.</param>
/// <param name="Click">The click's id, or that of the click a path belongs to.</param>
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
