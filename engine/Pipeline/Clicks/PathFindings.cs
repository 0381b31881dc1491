namespace Engine.Pipeline.Clicks;

/// <summary>The earlier click whose path a path nearly equals.</summary>
/// <param name="Click">Its id; null where no replay was found.</param>
/// <param name="ResidualPx">How far the paths lie apart, in pixels.</param>
/// <param name="Partition">Where the earlier click lies.</param>
/// <param name="Offset">Its offset there.</param>
public readonly record struct ReplayFound(string? Click, float ResidualPx, int Partition, long Offset);

/// <summary>A feature that weighed in a path's score, with what is usual for people.</summary>
public readonly record struct WeighedFeature(string Name, float Value, float UsualLow, float UsualHigh);

/// <summary>The three features that weighed most; not set where the path wasn't scored.</summary>
public readonly record struct PathEvidence(WeighedFeature First, WeighedFeature Second, WeighedFeature Third);
