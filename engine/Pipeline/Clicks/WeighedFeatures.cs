namespace Engine.Pipeline.Clicks;

/// <summary>A feature that weighed in a score, with the range usual for people.</summary>
public readonly record struct WeighedFeature(string Name, float Value, float UsualLow, float UsualHigh);

/// <summary>The features that weighed most in a score, heaviest first; those that are missing have no name.</summary>
public readonly record struct WeighedFeatures(WeighedFeature First, WeighedFeature Second, WeighedFeature Third);
