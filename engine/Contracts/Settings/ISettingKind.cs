namespace Engine.Contracts.Settings;

/// <summary>A kind of setting: how the records <c>kind/id</c> of the topic <c>settings</c> are read.</summary>
public interface ISettingKind
{
    /// <summary>What stands before the first slash of the key.</summary>
    string Kind { get; }

    /// <summary>
    /// What a record says, checked; throws <see cref="SettingException"/> where it doesn't load. What it asks for and
    /// what else is there is compared by the caller (<see cref="SettingReader.Done"/>).
    /// </summary>
    /// <param name="id">What follows the slash; identifiers by the contract, slashes between them allowed.</param>
    object Parse(string id, SettingReader record);
}
