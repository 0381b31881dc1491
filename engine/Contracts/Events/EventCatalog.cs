using System.Text;

namespace Engine.Contracts.Events;

/// <summary>The events that somebody knows: a topic's reader its topic's, a producer all that there are.</summary>
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
        if (All.GroupBy(schema => schema.Type).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"two schemas have the type {twice.Key}", nameof(schemas));
        }

        Holds = All.GroupBy(schema => schema.Topic)
            .ToDictionary(group => group.Key, string[] (group) => [.. group.Select(schema => schema.Type)]);
    }

    public IReadOnlyList<EventSchema> All { get; }

    /// <summary>
    /// The topics, with the types that each holds; a type in another topic is a dead letter (<c>unknown-type</c>).
    /// </summary>
    public IReadOnlyDictionary<string, string[]> Holds { get; }

    /// <summary>The schema of a type, or null.</summary>
    public EventSchema? Of(string type) => All.FirstOrDefault(schema => schema.Type == type);

    /// <summary>The schema of the type that the reader's string names, or null.</summary>
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
