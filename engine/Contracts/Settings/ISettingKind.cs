namespace Engine.Contracts.Settings;

/// <summary>A kind of setting: parses the records <c>kind/id</c> of the topic <c>settings</c>.</summary>
public interface ISettingKind
{
    /// <summary>The part of the key before the first slash.</summary>
    string Kind { get; }

    /// <summary>Parses and checks a record. Throws <see cref="SettingException"/> if the record isn't valid. The caller
    /// then checks for unknown fields (<see cref="SettingReader.Done"/>).</summary>
    /// <param name="id">The part of the key after the first slash: identifiers as in the contract, with slashes allowed
    /// between them.</param>
    object Parse(string id, SettingReader record);
}
