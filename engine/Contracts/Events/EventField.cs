using System.Text;

namespace Engine.Contracts.Events;

/// <summary>One field of an event.</summary>
/// <param name="Name">The name in JSON and Protobuf.</param>
/// <param name="Number">The number in events.proto: the same in every event of one message, and never reused.</param>
/// <param name="Meaning">What the field means, with its unit.</param>
/// <param name="IsRequired">Whether the event is useless without the field.</param>
public sealed record EventField(string Name, int Number, FieldKind Kind, string Meaning, bool IsRequired)
{
    internal byte[] Utf8 { get; } = Encoding.UTF8.GetBytes(Name);

    /// <summary>Creates a field without which the event can't be used.</summary>
    public static EventField Required(string name, int number, FieldKind kind, string meaning) =>
        new(name, number, kind, meaning, IsRequired: true);

    /// <summary>Creates a field that may be absent or null.</summary>
    public static EventField Optional(string name, int number, FieldKind kind, string meaning) =>
        new(name, number, kind, meaning, IsRequired: false);
}
