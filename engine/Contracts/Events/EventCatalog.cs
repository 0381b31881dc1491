using System.Text;

namespace Engine.Contracts.Events;

/// <summary>The event schemas that a component knows: those of one topic for its reader, all of them for a
/// producer.</summary>
public sealed class EventCatalog
{
    /// <summary>The events of clicks and of labels. Workflows have catalogs of their own.</summary>
    public static readonly EventCatalog Clicks = new([.. InteractionSchemas.All, .. LabelSchemas.All]);

    private readonly (byte[] Type, EventSchema Schema)[] _byType;

    /// <exception cref="ArgumentException">Two schemas have one type.</exception>
    public EventCatalog(IEnumerable<EventSchema> schemas)
    {
        All = [.. schemas];
        _byType = [.. All.Select(schema => (Encoding.UTF8.GetBytes(schema.Type), schema))];
        if (All.GroupBy(schema => schema.Type).FirstOrDefault(group => group.Count() > 1) is { } duplicate)
        {
            throw new ArgumentException($"two schemas have the type {duplicate.Key}", nameof(schemas));
        }

        Holds = All.GroupBy(schema => schema.Topic)
            .ToDictionary(group => group.Key, string[] (group) => [.. group.Select(schema => schema.Type)]);
    }

    public IReadOnlyList<EventSchema> All { get; }

    /// <summary>The types that each topic holds. An event of a type that its topic doesn't hold is a dead letter
    /// (<c>unknown-type</c>).</summary>
    public IReadOnlyDictionary<string, string[]> Holds { get; }

    /// <summary>Gets the schema of a type, or null.</summary>
    public EventSchema? Of(string type) => All.FirstOrDefault(schema => schema.Type == type);

    /// <summary>Gets the schema of the type that the reader's current string names, or null.</summary>
    internal EventSchema? Of(ref System.Text.Json.Utf8JsonReader reader)
    {
        if (JsonText.IsBroken(ref reader))
        {
            return null;
        }

        foreach ((byte[] type, EventSchema schema) in _byType)
        {
            if (reader.ValueTextEquals(type))
            {
                return schema;
            }
        }
        return null;
    }
}
