namespace Engine.Contracts.Settings;

/// <summary>When a changed setting comes into force.</summary>
public static class Activation
{
    /// <summary>
    /// Between a record's log time and that of the events it holds for: every instance reads the record meanwhile, so
    /// all change over at the same event.
    /// </summary>
    public static readonly TimeSpan Delay = TimeSpan.FromSeconds(2);
}
