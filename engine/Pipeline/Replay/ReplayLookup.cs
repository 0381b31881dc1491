using System.Runtime.Intrinsics;
using Engine.Pipeline.Replay.Residuals;
using Engine.Pipeline.Replay.Signatures;

namespace Engine.Pipeline.Replay;

/// <summary>
/// A path that is about to be looked up or stored: what is needed of it for both, and where in the index it will be
/// looked for. Prefetched (<see cref="ReplayIndex.Prefetch"/>), the index's memory comes while its caller does
/// something else. Not thread-safe: one a lane.
/// </summary>
public sealed class ReplayLookup
{
    internal readonly float[] Points = new float[Residual.Padded];
    internal readonly int[] Homes = new int[MeansTable.MaxHomes];
    internal PathSignature Signature;

    /// <summary>Its block means, and the least and the greatest of paths that it may replay.</summary>
    internal ulong Means,
        Low,
        High;

    internal int HomeCount;

    /// <summary>Whether the path is compared with those that are stored.</summary>
    public bool IsCompared => Signature.IsCompared;

    /// <summary>Whether it has shape enough to be stored.</summary>
    public bool HasShape => Signature.HasShape;

    internal void Take(in PathSignature signature)
    {
        Signature = signature;
        if (!signature.IsCompared)
        {
            return;
        }

        SignaturePoints.Unpack(signature, Points);
        Vector256<float> means = BlockMeans.Of(Points);
        Means = BlockMeans.Pack(means);
        (Low, High) = BlockMeans.Around(Points, means, signature.Duration);
    }
}
