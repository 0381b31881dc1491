using System.Text;
using System.Text.Json.Nodes;

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
)
{
    /// <summary>An event of a workflow in which a field names what keys the record.</summary>
    /// <param name="keyField">The field: <c>meeting</c>.</param>
    /// <param name="more">Its other fields; empty afterwards.</param>
    public static SampleEvent OfWorkflow(
        string type,
        string id,
        long timeMs,
        string topic,
        string keyField,
        string key,
        string actor,
        JsonObject more
    )
    {
        var e = new JsonObject
        {
            ["type"] = type,
            ["id"] = id,
            ["time"] = timeMs,
            [keyField] = key,
        };
        foreach ((string name, JsonNode? value) in more.ToArray())
        {
            more.Remove(name);
            e[name] = value;
        }

        return new SampleEvent(Encoding.UTF8.GetBytes(e.ToJsonString()), type, topic, key, timeMs, actor, "", null);
    }
}
