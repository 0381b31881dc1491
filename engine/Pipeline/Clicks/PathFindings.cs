namespace Engine.Pipeline.Clicks;

/// <summary>The earlier click whose path nearly equals this one.</summary>
/// <param name="Click">The id of that click; null if no replay was found.</param>
/// <param name="ResidualPx">The distance between the paths, in pixels.</param>
/// <param name="Partition">The partition of the earlier click.</param>
/// <param name="Offset">The offset of the earlier click.</param>
public readonly record struct ReplayFound(string? Click, float ResidualPx, int Partition, long Offset);

/// <summary>A feature that weighed in a path's score, with the range usual for people.</summary>
public readonly record struct WeighedFeature(string Name, float Value, float UsualLow, float UsualHigh);

/// <summary>The three features that weighed most; default if the path wasn't scored.</summary>
public readonly record struct PathEvidence(WeighedFeature First, WeighedFeature Second, WeighedFeature Third);
