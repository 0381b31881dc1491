namespace Engine.Pipeline.Knowledge;

/// <summary>How far the topics that other partitions write were read: of each of their partitions, the first offset
/// that isn't known. Immutable.</summary>
/// <param name="Standings">Of <c>standings</c>.</param>
/// <param name="Signatures">Of <c>path-signatures</c>.</param>
/// <param name="Labels">Of <c>labels</c>.</param>
/// <param name="Followed">Of the topic of the workflow whose memory the partition's decisions use.</param>
public sealed record KnownOffsets(long[] Standings, long[] Signatures, long[] Labels, long[] Followed)
{
    public static KnownOffsets Nothing { get; } = new([], [], [], []);

    /// <summary>Whether both say the same.</summary>
    public bool IsSame(KnownOffsets other) =>
        Standings.AsSpan().SequenceEqual(other.Standings)
        && Signatures.AsSpan().SequenceEqual(other.Signatures)
        && Labels.AsSpan().SequenceEqual(other.Labels)
        && Followed.AsSpan().SequenceEqual(other.Followed);
}
