using System.Text;

namespace Engine.Contracts.Events;

/// <summary>One field of an event.</summary>
/// <param name="Name">As JSON and Protobuf have it.</param>
/// <param name="Number">Its number in events.proto: the same in every event of one message, and never another.</param>
/// <param name="Meaning">What it says, with its unit.</param>
/// <param name="IsRequired">Whether the event is useless without it.</param>
public sealed record EventField(string Name, int Number, FieldKind Kind, string Meaning, bool IsRequired)
{
    internal byte[] Utf8 { get; } = Encoding.UTF8.GetBytes(Name);

    /// <summary>A field without which the event can't be used.</summary>
    public static EventField Required(string name, int number, FieldKind kind, string meaning) =>
        new(name, number, kind, meaning, IsRequired: true);

    /// <summary>A field that may be left out, or be null.</summary>
    public static EventField Optional(string name, int number, FieldKind kind, string meaning) =>
        new(name, number, kind, meaning, IsRequired: false);
}
