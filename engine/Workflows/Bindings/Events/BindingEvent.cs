using System.Text.Json;
using Engine.Contracts;
using Engine.Workflows.Module;

namespace Engine.Workflows.Bindings.Events;

/// <summary>A second client's binding relation.</summary>
/// <param name="Page">The page that it was made on; the record's key.</param>
/// <param name="Code">The operation-binding code as read, whatever it is.</param>
/// <param name="Account">The second client's.</param>
/// <param name="Values">What was entered, by field; null values are absent.</param>
/// <param name="Ip">The second client's address, where it is known.</param>
public sealed record BindingEvent(
    string Id,
    long Time,
    string Page,
    string Code,
    string Account,
    IReadOnlyDictionary<string, JsonElement> Values,
    IpAddress? Ip
) : WorkflowEvent("binding", Id, Page, Time)
{
    internal static BindingEvent? Read(EventReader reader)
    {
        string id = reader.Id(),
            page = reader.Identifier("page"),
            code = reader.Text("code", EventLimits.MaxValueBytes),
            account = reader.Identifier("account");
        long time = reader.Time();
        IpAddress? ip = reader.OptionalAddress("ip");
        var values = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (reader.Map("values") is { } map)
        {
            foreach (JsonProperty value in map.EnumerateObject())
            {
                // A text that is half a surrogate pair is told of now: nothing may go wrong later.
                if (value.Value.ValueKind == JsonValueKind.String)
                {
                    reader.TextOf("values", value.Value);
                }

                values[value.Name] = value.Value.Clone();
            }
        }

        return reader.IsGood ? new BindingEvent(id, time, page, code, account, values, ip) : null;
    }
}
