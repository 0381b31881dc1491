namespace Engine.Contracts.Settings;

/// <summary>The delay until a changed setting comes into force.</summary>
public static class Activation
{
    /// <summary>The log time between a settings record and the first events it applies to. By then every instance has
    /// read the record, so all switch at the same event.</summary>
    public static readonly TimeSpan Delay = TimeSpan.FromSeconds(2);
}
