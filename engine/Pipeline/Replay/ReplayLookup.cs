namespace Engine.Pipeline.Replay;

/// <summary>A path to be looked up or stored, with everything needed for both. After
/// <see cref="ReplayIndex.Prefetch"/>, the index's memory loads while the caller does something else. Not thread-safe:
/// one per lane.</summary>
public sealed class ReplayLookup
{
    /// <summary>The path as it was recorded.</summary>
    internal readonly SignatureLookup Own = new();

    /// <summary>Its normal form, and the factor by which it is larger than the path.</summary>
    internal readonly SignatureLookup Normal = new();

    internal double NormalScale;

    /// <summary>Whether the path is compared with stored ones.</summary>
    public bool IsCompared => Own.IsCompared;

    /// <summary>Whether the path has enough shape to be stored.</summary>
    public bool HasShape => Own.HasShape;

    /// <summary>Whether the path has enough shape to be found again if it is scaled, turned or stretched.</summary>
    public bool HasNormalForm => Normal.HasShape;
}
