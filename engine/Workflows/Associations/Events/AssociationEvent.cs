using Engine.Contracts;
using Engine.Workflows.Module;

namespace Engine.Workflows.Associations.Events;

/// <summary>An account has scanned an item, or the code of somebody's association with it.</summary>
/// <param name="Item">The item, which is the record's key.</param>
/// <param name="Code">The code as read, possibly invalid; null for a scan of the item itself.</param>
/// <param name="Ip">The device's address, if known.</param>
public sealed record AssociationEvent(string Id, long Time, string Item, string? Code, string Account, IpAddress? Ip)
    : WorkflowEvent("association", Id, Item, Time)
{
    internal static AssociationEvent Read(EventReader reader) =>
        new(
            reader.Id(),
            reader.Time(),
            reader.Text("item"),
            reader.OptionalText("code"),
            reader.Text("account"),
            reader.OptionalAddress("ip")
        );
}
