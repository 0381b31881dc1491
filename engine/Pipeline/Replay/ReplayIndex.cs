using System.Runtime.CompilerServices;
using Engine.Pipeline.CursorPath.Geometry;
using Engine.Pipeline.Replay.Residuals;
using Engine.Pipeline.Replay.Signatures;
using Engine.Primitives;

namespace Engine.Pipeline.Replay;

/// <summary>
/// All paths with shape enough that were seen lately, to find the one that a path replays: near after any shift,
/// another rate, a uniform time stretch of 0.8 to 1.25 and jitter of up to 2 px (systems.md 1). Any thread may call
/// anything: one lock, held for microseconds.
/// </summary>
/// <remarks>
/// What a look-up finds depends only on the paths inserted, not on their order, as long as the bound dropped none: only
/// paths before the asked place by (log time, partition, offset) count, and the least residual wins, among equals the
/// first place.
/// </remarks>
public sealed class ReplayIndex
{
    private const int MaxCandidates = 256;
    private const long MaxOffset = (1L << 48) - 1;
    private readonly Lock _lock = new();
    private readonly ReplaySettings _settings;
    private readonly ReplayEntry[] _ring;
    private readonly MeansTable _table;
    private readonly Dictionary<int, byte[]> _longIds = [];
    private int _first;
    private int _count;
    private long _newest = long.MinValue;
    private long _droppedEarly;

    /// <summary>The slot that goes next and its means, where they are known already.</summary>
    private (int Slot, ulong Means) _leaving = (-1, 0);

    /// <param name="settings">Bounds; memory for all paths is reserved at once, and used as paths come.</param>
    public ReplayIndex(ReplaySettings settings)
    {
        settings.Check();
        _settings = settings;
        _ring = HugePages.Array<ReplayEntry>(settings.MaxPaths);
        _table = new MeansTable(settings.MaxPaths);
    }

    /// <summary>Paths that it holds.</summary>
    public int Count => _count;

    /// <summary>Paths that the bound pushed out before they expired: if it grows, the bound is too low.</summary>
    public long DroppedEarly => Volatile.Read(ref _droppedEarly);

    /// <summary>Bytes of a full index, ids over 32 bytes not included.</summary>
    public long Bytes => ((long)_ring.Length * Unsafe.SizeOf<ReplayEntry>()) + _table.Bytes;

    /// <summary>
    /// Prepares to look a path up and to store it, and prefetches the memory where it will be looked for.
    /// </summary>
    /// <param name="signature">Of the path.</param>
    /// <param name="question">Takes it; what was asked before is forgotten.</param>
    public void Prefetch(in PathSignature signature, ReplayLookup question)
    {
        question.Take(signature);
        question.HomeCount = question.IsCompared ? _table.Homes(question.Low, question.High, question.Homes) : 0;
    }

    /// <summary>
    /// Prefetches each chain's second cache line; call it after <see cref="Prefetch"/>, where something else is done
    /// between the two, and before the look-up.
    /// </summary>
    /// <param name="question">After <see cref="Prefetch"/>.</param>
    public void PrefetchChains(ReplayLookup question) =>
        _table.PrefetchChains(question.Homes.AsSpan(0, question.HomeCount));

    /// <summary>Stores a path. One without shape, or one that is there already (same place), changes nothing.</summary>
    /// <param name="question">After <see cref="Prefetch"/>.</param>
    /// <param name="clickId">1 to 128 bytes.</param>
    /// <param name="logTime">ms since 1970.</param>
    /// <param name="partition">0 to 65,535.</param>
    /// <param name="offset">0 to 2^48 - 1.</param>
    /// <returns>Whether it was stored.</returns>
    public bool Insert(ReplayLookup question, ReadOnlySpan<byte> clickId, long logTime, int partition, long offset) =>
        Insert(question.Signature, question.Means, clickId, logTime, partition, offset);

    /// <summary>The same of a path that nobody asks about.</summary>
    /// <param name="signature">Of the path.</param>
    /// <param name="clickId">As above.</param>
    /// <param name="logTime">As above.</param>
    /// <param name="partition">As above.</param>
    /// <param name="offset">As above.</param>
    /// <returns>As above.</returns>
    public bool Insert(
        in PathSignature signature,
        ReadOnlySpan<byte> clickId,
        long logTime,
        int partition,
        long offset
    ) => Insert(signature, signature.HasShape ? Packed(signature) : 0, clickId, logTime, partition, offset);

    /// <summary>Finds the stored path that this one replays.</summary>
    /// <param name="question">After <see cref="Prefetch"/>.</param>
    /// <param name="logTime">Of its click: only paths before it by log time, partition and offset count.</param>
    /// <param name="partition">Of its click.</param>
    /// <param name="offset">Of its click.</param>
    /// <param name="path">Its own points: where the signature alone is a little too far, they are compared as well.
    /// None, where they aren't known.</param>
    /// <param name="clickId">128 bytes for the matched click's id.</param>
    /// <param name="match">The one with the least residual; among equals the first by partition and offset.</param>
    /// <returns>Whether one lies within the residual; false too if the path has too little shape to be compared
    /// (<see cref="PathSignature.IsCompared"/>).</returns>
    [SkipLocalsInit]
    public bool TryFind(
        ReplayLookup question,
        long logTime,
        int partition,
        long offset,
        PathPoints path,
        Span<byte> clickId,
        out ReplayMatch match
    )
    {
        match = default;
        ulong place = PlaceOf(partition, offset);
        if (!question.IsCompared)
        {
            return false;
        }

        Span<int> candidates = stackalloc int[MaxCandidates];
        ref readonly PathSignature signature = ref question.Signature;
        var query = new ReplayQuery(question.Points, path.T, path.X, path.Y, _settings.MaxResidual);
        lock (_lock)
        {
            candidates = candidates[
                .._table.Find(question.Low, question.High, question.Homes.AsSpan(0, question.HomeCount), candidates)
            ];
            foreach (int slot in candidates)
            {
                HugePages.Fetch(in _ring[slot]);
            }

            int best = -1;
            float least = _settings.MaxResidual;
            foreach (int slot in candidates)
            {
                ref readonly ReplayEntry entry = ref _ring[slot];
                if (!Counts(entry, signature, logTime, place))
                {
                    continue;
                }

                float residual = query.To(entry.Signature);
                if (residual < least || (residual == least && (best < 0 || entry.Place < _ring[best].Place)))
                {
                    (best, least) = (slot, residual);
                }
            }

            if (best < 0)
            {
                return false;
            }

            match = Matched(best, least, clickId);
            return true;
        }
    }

    private bool Insert(
        in PathSignature signature,
        ulong means,
        ReadOnlySpan<byte> clickId,
        long logTime,
        int partition,
        long offset
    )
    {
        if (clickId.Length is < 1 or > 128)
        {
            throw new ArgumentException($"A click's id has 1 to 128 bytes, not {clickId.Length}.", nameof(clickId));
        }

        ulong place = PlaceOf(partition, offset);
        if (!signature.HasShape)
        {
            return false;
        }

        lock (_lock)
        {
            return InsertLocked(signature, clickId, logTime, place, means);
        }
    }

    [SkipLocalsInit]
    private static ulong Packed(ReadOnlySpan<byte> signature)
    {
        Span<float> points = stackalloc float[Residual.Padded];
        SignaturePoints.Unpack(signature, points);
        return BlockMeans.Pack(BlockMeans.Of(points));
    }

    private static ulong PlaceOf(int partition, long offset) =>
        partition is >= 0 and <= ushort.MaxValue && offset is >= 0 and <= MaxOffset
            ? ((ulong)partition << 48) | (ulong)offset
            : throw new ArgumentException(
                $"Partition {partition}, offset {offset}: expected 0 to 65,535 and 0 to 2^48 - 1."
            );

    private bool InsertLocked(
        in PathSignature signature,
        ReadOnlySpan<byte> clickId,
        long logTime,
        ulong place,
        ulong packed
    )
    {
        if (IsThere(place, packed))
        {
            return false;
        }

        _newest = Math.Max(_newest, logTime);
        while (_count > 0 && _ring[_first].LogTime < _newest - _settings.ExpiryMs - _settings.LagMs)
        {
            DropFirst();
        }

        if (_count == _ring.Length)
        {
            DropEarly();
        }

        while (!_table.Add(packed, (int)(((long)_first + _count) % _ring.Length)))
        {
            DropEarly();
        }

        int slot = (int)(((long)_first + _count) % _ring.Length);
        ref ReplayEntry entry = ref _ring[slot];
        entry.Place = place;
        entry.LogTime = logTime;
        entry.Signature = signature;
        // the flags' place: stored paths all have shape
        entry.Signature[PathSignature.FlagsAt] = (byte)clickId.Length;
        if (clickId.Length <= ReplayEntry.ShortId)
        {
            clickId.CopyTo(entry.Id);
        }
        else
        {
            _longIds[slot] = clickId.ToArray();
        }

        _count++;
        return true;
    }

    [SkipLocalsInit]
    private bool IsThere(ulong place, ulong packed)
    {
        Span<int> candidates = stackalloc int[MaxCandidates];
        foreach (int near in candidates[.._table.FindSame(packed, candidates)])
        {
            if (_ring[near].Place == place)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The oldest goes before its time.</summary>
    private void DropEarly()
    {
        _droppedEarly += _ring[_first].LogTime >= _newest - _settings.ExpiryMs ? 1 : 0;
        DropFirst();
    }

    private void DropFirst()
    {
        _table.Remove(_leaving.Slot == _first ? _leaving.Means : Packed(_ring[_first].Signature), _first);
        _longIds.Remove(_first);
        _first = (_first + 1) % _ring.Length;
        _count--;
        PrefetchNextDrop();
    }

    /// <summary>
    /// Prefetches what the next drop will read: a full index drops a path for each that comes, and nobody else has
    /// looked at it for long.
    /// </summary>
    private void PrefetchNextDrop()
    {
        if (_count == 0)
        {
            _leaving = (-1, 0);
            return;
        }

        ulong means = Packed(_ring[_first].Signature);
        _leaving = (_first, means);
        _table.Prefetch(means);
        HugePages.Fetch(in _ring[(_first + 1) % _ring.Length]);
    }

    private bool Counts(in ReplayEntry entry, in PathSignature signature, long logTime, ulong place)
    {
        float stretch = (float)signature.Duration / entry.Signature.Duration;
        return stretch >= _settings.MinStretch
            && stretch <= _settings.MaxStretch
            && (entry.LogTime < logTime || (entry.LogTime == logTime && entry.Place < place))
            && entry.LogTime >= logTime - _settings.ExpiryMs;
    }

    private ReplayMatch Matched(int slot, float residual, Span<byte> clickId)
    {
        ref readonly ReplayEntry entry = ref _ring[slot];
        int length = entry.Signature[PathSignature.FlagsAt];
        ReadOnlySpan<byte> id =
            length <= ReplayEntry.ShortId ? ((ReadOnlySpan<byte>)entry.Id)[..length] : _longIds[slot];
        id.CopyTo(clickId);
        return new ReplayMatch(
            length,
            residual,
            entry.LogTime,
            (int)(entry.Place >> 48),
            (long)(entry.Place & MaxOffset)
        );
    }
}
