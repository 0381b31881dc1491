namespace Engine.Contracts.Events;

/// <summary>
/// One type of event, declared once. From it come the check of what producers send (<see cref="EventCheck"/>), for HTTP
/// and the engine alike, its part of events.proto, its JSON Schema in configs/schemas/events, and its section of
/// docs/events.md; tests hold all of these against it.
/// </summary>
public sealed class EventSchema
{
    /// <summary>The name of the field that every event has, and that says which schema is its own.</summary>
    public const string TypeField = "type";

    /// <summary>The number of <see cref="TypeField"/> in events.proto.</summary>
    public const int TypeNumber = 1;

    /// <param name="type">Its <c>type</c>.</param>
    /// <param name="topic">The topic that holds it.</param>
    /// <param name="key">The field that keys its record; of an address, its network does.</param>
    /// <param name="message">Its message in events.proto: <c>Event</c>, or one of its own.</param>
    /// <param name="number">Its number in <c>WorkflowEvent</c>'s oneof; 0 where it has no message of its own.</param>
    /// <param name="meaning">What it says, in a sentence without its full stop.</param>
    /// <param name="example">An event of this type, in JSON.</param>
    /// <param name="fields">All but <see cref="TypeField"/>. Of several that are wrong the first is told.</param>
    public EventSchema(
        string type,
        string topic,
        string key,
        string message,
        int number,
        string meaning,
        string example,
        params EventField[] fields
    )
    {
        (Type, Topic, Message, Number, Meaning, Example, Fields) = (
            type,
            topic,
            message,
            number,
            meaning,
            example,
            fields
        );
        if (fields.Length > 64)
        {
            throw new ArgumentException(
                $"{type} has {fields.Length} fields, and the check has 64 bits",
                nameof(fields)
            );
        }

        Key = Array.Find(fields, field => field.Name == key)
            ?? throw new ArgumentException($"{type} has no field {key} to key it by", nameof(key));
    }

    public string Type { get; }
    public string Topic { get; }
    public string Message { get; }
    public int Number { get; }
    public string Meaning { get; }
    public string Example { get; }
    public IReadOnlyList<EventField> Fields { get; }

    /// <summary>The field that keys its record.</summary>
    public EventField Key { get; }

    /// <summary>A field by its name, or null.</summary>
    public EventField? Field(string name) => Fields.FirstOrDefault(field => field.Name == name);

    public override string ToString() => Type;
}
