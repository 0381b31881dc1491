using Engine.Pipeline.CursorPath.Geometry;
using Engine.Pipeline.Replay.Signatures;

namespace Engine.Pipeline.Replay;

/// <summary>All recent paths with enough shape, to find the one that a path replays. Finds replays after any shift, at
/// another sampling rate, with a uniform time stretch of 0.8 to 1.25 and jitter of up to 2 px. Of paths with more
/// shape, also finds those that were scaled, turned or stretched in time, by their normal forms (models.md,
/// "Replays"). Thread-safe.</summary>
/// <remarks>The result of a look-up depends only on the paths inserted, not on their order, as long as the bound
/// dropped none: only paths earlier by (log time, partition, offset) count, of other partitions only those that the
/// partition's mark covers, and the smallest residual wins. Ties go to the first by partition and offset.</remarks>
public sealed class ReplayIndex
{
    private readonly SignatureIndex _own,
        _normal;

    /// <param name="settings">The bounds. Memory for all paths is reserved at once, and committed as paths
    /// come.</param>
    public ReplayIndex(ReplaySettings settings)
    {
        _own = new SignatureIndex(settings, slips: true);
        // fewer than half of people's paths have enough shape for a normal form
        _normal = new SignatureIndex(settings with { MaxPaths = (settings.MaxPaths + 1) / 2 }, slips: false);
    }

    /// <summary>The log time of the partition that lags most, ms: paths are kept as long as it compares with them, not
    /// as the newest path says, which a partition that catches up may be hours behind. By default the newest path's.
    /// </summary>
    public Func<long>? Slowest
    {
        get => _own.Slowest;
        set => _own.Slowest = _normal.Slowest = value;
    }

    /// <summary>The number of paths in the index.</summary>
    public int Count => _own.Count;

    /// <summary>The number of paths that the bounds dropped before they expired. If this grows, the bound is too
    /// low.</summary>
    public long DroppedEarly => Math.Max(_own.DroppedEarly, _normal.DroppedEarly);

    /// <summary>The bytes of a full index, without ids over 32 bytes.</summary>
    public long Bytes => _own.Bytes + _normal.Bytes;

    /// <summary>Prepares to look up and store a path, and prefetches the memory that the look-up reads.</summary>
    /// <param name="signature">The path's signature.</param>
    /// <param name="lookup">Receives the path; replaces the one before.</param>
    public void Prefetch(in PathSignature signature, ReplayLookup lookup)
    {
        _own.Prefetch(signature, lookup.Own);
        lookup.NormalScale = NormalForm.Of(signature, lookup.Own.Points, out PathSignature normal);
        _normal.Prefetch(normal, lookup.Normal);
    }

    /// <summary>Prefetches each chain's second cache line. Call it some time after <see cref="Prefetch"/> and before
    /// the look-up.</summary>
    /// <param name="lookup">The path, prepared by <see cref="Prefetch"/>.</param>
    public void PrefetchChains(ReplayLookup lookup)
    {
        _own.PrefetchChains(lookup.Own);
        _normal.PrefetchChains(lookup.Normal);
    }

    /// <summary>Stores a path. A path without shape, or one already stored (with the same partition and offset),
    /// changes nothing.</summary>
    /// <param name="lookup">The path, prepared by <see cref="Prefetch"/>.</param>
    /// <param name="clickId">The click's id, 1 to 128 bytes.</param>
    /// <param name="logTime">The click's log time, ms since 1970.</param>
    /// <param name="partition">The click's partition, 0 to 65,535.</param>
    /// <param name="offset">The click's offset, 0 to 2^48 - 1.</param>
    /// <returns>Whether it was stored.</returns>
    public bool Insert(ReplayLookup lookup, ReadOnlySpan<byte> clickId, long logTime, int partition, long offset)
    {
        bool stored = _own.Insert(lookup.Own, clickId, logTime, partition, offset);
        _normal.Insert(lookup.Normal, clickId, logTime, partition, offset);
        return stored;
    }

    /// <summary>Stores a path that isn't looked up.</summary>
    /// <param name="signature">The path's signature.</param>
    /// <param name="clickId">The click's id, 1 to 128 bytes.</param>
    /// <param name="logTime">The click's log time, ms since 1970.</param>
    /// <param name="partition">The click's partition, 0 to 65,535.</param>
    /// <param name="offset">The click's offset, 0 to 2^48 - 1.</param>
    /// <returns>Whether it was stored.</returns>
    public bool Insert(
        in PathSignature signature,
        ReadOnlySpan<byte> clickId,
        long logTime,
        int partition,
        long offset
    ) => Insert(signature, clickId, logTime, partition, offset, SignatureIndex.NotTold);

    /// <summary>Stores a path that was read from <c>path-signatures</c>, or notes where it was read if it is stored
    /// already.</summary>
    /// <param name="signature">The path's signature.</param>
    /// <param name="clickId">The click's id, 1 to 128 bytes.</param>
    /// <param name="logTime">The click's log time, ms since 1970.</param>
    /// <param name="partition">The click's partition, 0 to 65,535.</param>
    /// <param name="offset">The click's offset, 0 to 2^48 - 1.</param>
    /// <param name="toldPartition">The partition of the topic.</param>
    /// <param name="toldOffset">The offset in it.</param>
    /// <returns>Whether it was stored.</returns>
    public bool Insert(
        in PathSignature signature,
        ReadOnlySpan<byte> clickId,
        long logTime,
        int partition,
        long offset,
        int toldPartition,
        long toldOffset
    ) => Insert(signature, clickId, logTime, partition, offset, SignatureIndex.PlaceOf(toldPartition, toldOffset));

    /// <summary>Finds the stored path that this one replays.</summary>
    /// <param name="lookup">The path, prepared by <see cref="Prefetch"/>.</param>
    /// <param name="logTime">The click's log time: only paths earlier by log time, partition and offset count.</param>
    /// <param name="partition">The click's partition.</param>
    /// <param name="offset">The click's offset.</param>
    /// <param name="path">The path's own points, compared as well if the signature alone is slightly too far off. Empty
    /// if unknown.</param>
    /// <param name="known">Of each partition of <c>path-signatures</c>, the first offset that doesn't count: paths of
    /// other partitions count only if they were told before.</param>
    /// <param name="clickId">A buffer of 128 bytes for the matched click's id.</param>
    /// <param name="match">The match with the smallest residual; ties go to the first by partition and offset. A path
    /// that was only shifted goes before one that was transformed.</param>
    /// <returns>Whether a path is within the maximum residual. False if the path has too little shape to be compared
    /// (<see cref="PathSignature.IsCompared"/>).</returns>
    public bool TryFind(
        ReplayLookup lookup,
        long logTime,
        int partition,
        long offset,
        PathPoints path,
        ReadOnlySpan<long> known,
        Span<byte> clickId,
        out ReplayMatch match
    )
    {
        if (_own.TryFind(lookup.Own, logTime, partition, offset, path, known, clickId, out match))
        {
            return true;
        }

        if (!_normal.TryFind(lookup.Normal, logTime, partition, offset, default, known, clickId, out match))
        {
            return false;
        }

        match = match with { ResidualPx = (float)(match.ResidualPx / lookup.NormalScale), IsTransformed = true };
        return true;
    }

    private bool Insert(
        in PathSignature signature,
        ReadOnlySpan<byte> clickId,
        long logTime,
        int partition,
        long offset,
        ulong told
    )
    {
        bool stored = _own.Insert(signature, clickId, logTime, partition, offset, told);
        NormalForm.Of(signature, out PathSignature normal);
        _normal.Insert(normal, clickId, logTime, partition, offset, told);
        return stored;
    }
}
