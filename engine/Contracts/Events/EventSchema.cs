namespace Engine.Contracts.Events;

/// <summary>One type of event, declared once. The check of incoming events for HTTP and the engine (<see
/// cref="EventCheck"/>), its part of events.proto, its JSON Schema in configs/schemas/events and its section of
/// docs/events.md all follow from it. Tests check that they do.</summary>
public sealed class EventSchema
{
    /// <summary>The name of the field that every event has and that selects its schema.</summary>
    public const string TypeField = "type";

    /// <summary>The number of <see cref="TypeField"/> in events.proto.</summary>
    public const int TypeNumber = 1;

    /// <param name="type">The event's <c>type</c>.</param>
    /// <param name="topic">The topic that holds it.</param>
    /// <param name="key">The field that keys its record; an address is keyed by its network.</param>
    /// <param name="message">Its message in events.proto: <c>Event</c>, or a message for this type alone.</param>
    /// <param name="number">Its number in <c>WorkflowEvent</c>'s oneof, or 0 if the type has no message of its
    /// own.</param>
    /// <param name="meaning">What the event means, in a sentence without its full stop.</param>
    /// <param name="example">An event of this type, in JSON.</param>
    /// <param name="fields">All fields but <see cref="TypeField"/>. If several are bad, the first is reported.</param>
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
                $"{type} has {fields.Length} fields; the check supports at most 64",
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

    /// <summary>The field that keys the event's record.</summary>
    public EventField Key { get; }

    /// <summary>How the record's key is made, where it isn't the value of <see cref="Key"/>.</summary>
    public DerivedKey? Derived { get; init; }

    /// <summary>Gets a field by its name, or null.</summary>
    public EventField? Field(string name) => Fields.FirstOrDefault(field => field.Name == name);

    public override string ToString() => Type;
}

/// <summary>A record's key that is made of one of two fields, both of a <see cref="KeyTextKind"/>. An event needs one
/// of them; of both, the schema's <see cref="EventSchema.Key"/> counts.</summary>
/// <param name="Or">The other field.</param>
/// <param name="Meaning">What the key is, as docs say it.</param>
public sealed record DerivedKey(EventField Or, string Meaning);
