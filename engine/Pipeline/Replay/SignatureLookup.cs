using System.Runtime.Intrinsics;
using Engine.Pipeline.Replay.Residuals;
using Engine.Pipeline.Replay.Signatures;

namespace Engine.Pipeline.Replay;

/// <summary>A signature to be looked up or stored, with everything needed for both. After
/// <see cref="SignatureIndex.Prefetch"/>, the index's memory loads while the caller does something else. Not
/// thread-safe: one per lane.</summary>
internal sealed class SignatureLookup
{
    internal readonly float[] Points = new float[Residual.Padded];
    internal readonly int[] Homes = new int[MeansTable.MaxHomes];
    internal PathSignature Signature;

    /// <summary>The path's block means, and the smallest and greatest means of paths that it may replay.</summary>
    internal ulong Means,
        Low,
        High;

    internal int HomeCount;

    /// <summary>Whether the path is compared with stored ones.</summary>
    public bool IsCompared => Signature.IsCompared;

    /// <summary>Whether the path has enough shape to be stored.</summary>
    public bool HasShape => Signature.HasShape;

    internal void Set(in PathSignature signature)
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
