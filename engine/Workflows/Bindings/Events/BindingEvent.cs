using System.Text.Json;
using Engine.Contracts;
using Engine.Workflows.Module;

namespace Engine.Workflows.Bindings.Events;

/// <summary>A second client's binding relation.</summary>
/// <param name="Page">The page that it was made on, which is the record's key.</param>
/// <param name="Code">The operation-binding code as read, possibly invalid.</param>
/// <param name="Account">The second client's account.</param>
/// <param name="Values">The entered values, by field; null values count as absent.</param>
/// <param name="Ip">The second client's address, if known.</param>
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
    internal static BindingEvent Read(EventReader reader) =>
        new(
            reader.Id(),
            reader.Time(),
            reader.Text("page"),
            reader.Text("code"),
            reader.Text("account"),
            reader
                .Entries("values")
                .ToDictionary(value => value.Key, value => value.Value.Clone(), StringComparer.Ordinal),
            reader.OptionalAddress("ip")
        );
}
