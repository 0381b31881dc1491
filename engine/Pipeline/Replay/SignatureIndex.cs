using System.Runtime.CompilerServices;
using Engine.Pipeline.CursorPath.Geometry;
using Engine.Pipeline.Replay.Residuals;
using Engine.Pipeline.Replay.Signatures;
using Engine.Primitives;

namespace Engine.Pipeline.Replay;

/// <summary>Recent signatures, to find the one that another is within a few pixels of, after any shift and with a
/// uniform time stretch. Thread-safe: one lock, held for microseconds.</summary>
internal sealed class SignatureIndex
{
    private const int MaxCandidates = 256;
    private const long MaxOffset = (1L << 48) - 1;

    /// <summary>Stands for a signature that wasn't read from <c>path-signatures</c> yet.</summary>
    public const ulong NotTold = ulong.MaxValue;

    private readonly Lock _lock = new();
    private readonly ReplaySettings _settings;
    private readonly bool _slips;
    private readonly ReplayEntry[] _ring;
    private readonly MeansTable _table;
    private readonly Dictionary<int, byte[]> _longIds = [];
    private int _first;
    private int _count;
    private long _newest = long.MinValue;
    private long _droppedEarly;

    /// <summary>The slot dropped next, and its means, if they are known already.</summary>
    private (int Slot, ulong Means) _leaving = (-1, 0);

    /// <param name="settings">The bounds. Memory for all paths is reserved at once, and committed as paths
    /// come.</param>
    /// <param name="slips">Whether paths that jump are aligned by their median difference if the mean doesn't do
    /// (<see cref="SlippedResidual"/>).</param>
    public SignatureIndex(ReplaySettings settings, bool slips)
    {
        settings.Check();
        (_settings, _slips) = (settings, slips);
        _ring = HugePages.Array<ReplayEntry>(settings.MaxPaths);
        _table = new MeansTable(settings.MaxPaths);
    }

    /// <summary>The log time of the partition that lags most, ms: paths are kept as long as it compares with them, not
    /// as the newest path says, which a partition that catches up may be hours behind. By default the newest path's.
    /// </summary>
    public Func<long>? Slowest { get; set; }

    private long NeededFrom => Slowest is { } slowest ? Math.Min(slowest(), _newest) : _newest;

    /// <summary>The number of paths in the index.</summary>
    public int Count => _count;

    /// <summary>The number of paths that the bound dropped before they expired. If this grows, the bound is too
    /// low.</summary>
    public long DroppedEarly => Volatile.Read(ref _droppedEarly);

    /// <summary>The bytes of a full index, without ids over 32 bytes.</summary>
    public long Bytes => ((long)_ring.Length * Unsafe.SizeOf<ReplayEntry>()) + _table.Bytes;

    /// <summary>Prepares to look up and store a path, and prefetches the memory that the look-up reads.</summary>
    /// <param name="signature">The path's signature.</param>
    /// <param name="lookup">Receives the path; replaces the one before.</param>
    public void Prefetch(in PathSignature signature, SignatureLookup lookup)
    {
        lookup.Set(signature);
        lookup.HomeCount = lookup.IsCompared ? _table.Homes(lookup.Low, lookup.High, lookup.Homes) : 0;
    }

    /// <summary>Prefetches each chain's second cache line. Call it some time after <see cref="Prefetch"/> and before
    /// the look-up.</summary>
    /// <param name="lookup">The path, prepared by <see cref="Prefetch"/>.</param>
    public void PrefetchChains(SignatureLookup lookup) =>
        _table.PrefetchChains(lookup.Homes.AsSpan(0, lookup.HomeCount));

    /// <summary>Stores the signature of a look-up. One without shape, or already stored, changes nothing.</summary>
    /// <returns>Whether it was stored.</returns>
    public bool Insert(SignatureLookup lookup, ReadOnlySpan<byte> clickId, long logTime, int partition, long offset) =>
        Insert(lookup.Signature, lookup.Means, clickId, logTime, partition, offset, NotTold);

    /// <summary>Stores a signature, or notes where it was told if it is stored already.</summary>
    /// <param name="told">Where <c>path-signatures</c> tells of it (<see cref="PlaceOf"/>), or
    /// <see cref="NotTold"/>.</param>
    /// <returns>Whether it was stored.</returns>
    public bool Insert(
        in PathSignature signature,
        ReadOnlySpan<byte> clickId,
        long logTime,
        int partition,
        long offset,
        ulong told = NotTold
    ) => Insert(signature, signature.HasShape ? Packed(signature) : 0, clickId, logTime, partition, offset, told);

    /// <summary>Finds the stored signature with the smallest residual; <see cref="ReplayIndex.TryFind"/> says what the
    /// parameters mean.</summary>
    [SkipLocalsInit]
    public bool TryFind(
        SignatureLookup lookup,
        long logTime,
        int partition,
        long offset,
        PathPoints path,
        ReadOnlySpan<long> known,
        Span<byte> clickId,
        out ReplayMatch match
    )
    {
        match = default;
        ulong place = PlaceOf(partition, offset);
        if (!lookup.IsCompared)
        {
            return false;
        }

        Span<int> candidates = stackalloc int[MaxCandidates];
        ref readonly PathSignature signature = ref lookup.Signature;
        var query = new ReplayQuery(lookup.Points, path.T, path.X, path.Y, _settings.MaxResidual, _slips);
        lock (_lock)
        {
            candidates = candidates[
                .._table.Find(lookup.Low, lookup.High, lookup.Homes.AsSpan(0, lookup.HomeCount), candidates)
            ];
            foreach (int slot in candidates)
            {
                HugePages.Fetch(in _ring[slot]);
            }

            int best = -1;
            float min = _settings.MaxResidual;
            foreach (int slot in candidates)
            {
                ref readonly ReplayEntry entry = ref _ring[slot];
                if (!Counts(entry, signature, logTime, place, known))
                {
                    continue;
                }

                float residual = query.To(entry.Signature);
                if (residual < min || (residual == min && (best < 0 || entry.Place < _ring[best].Place)))
                {
                    (best, min) = (slot, residual);
                }
            }

            if (best < 0)
            {
                return false;
            }

            match = Matched(best, min, clickId);
            return true;
        }
    }

    private bool Insert(
        in PathSignature signature,
        ulong means,
        ReadOnlySpan<byte> clickId,
        long logTime,
        int partition,
        long offset,
        ulong told
    )
    {
        if (clickId.Length is < 1 or > 128)
        {
            throw new ArgumentException(
                $"A click's id must have 1 to 128 bytes, not {clickId.Length}.",
                nameof(clickId)
            );
        }

        ulong place = PlaceOf(partition, offset);
        if (!signature.HasShape)
        {
            return false;
        }

        lock (_lock)
        {
            return InsertLocked(signature, clickId, logTime, place, means, told);
        }
    }

    [SkipLocalsInit]
    private static ulong Packed(ReadOnlySpan<byte> signature)
    {
        Span<float> points = stackalloc float[Residual.Padded];
        SignaturePoints.Unpack(signature, points);
        return BlockMeans.Pack(BlockMeans.Of(points));
    }

    /// <summary>A partition and an offset in one number that sorts by both.</summary>
    /// <exception cref="ArgumentException">Either is out of range.</exception>
    public static ulong PlaceOf(int partition, long offset) =>
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
        ulong packed,
        ulong told
    )
    {
        if (Find(place, packed) is var there and >= 0)
        {
            // Told again after a takeover: the first time counts.
            _ring[there].Told = Math.Min(_ring[there].Told, told);
            return false;
        }

        _newest = Math.Max(_newest, logTime);
        while (_count > 0 && _ring[_first].LogTime < NeededFrom - _settings.ExpiryMs - _settings.LagMs)
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
        (entry.Place, entry.Told) = (place, told);
        entry.LogTime = logTime;
        entry.Signature = signature;
        // in place of the flags, as all stored paths have shape
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
    private int Find(ulong place, ulong packed)
    {
        Span<int> candidates = stackalloc int[MaxCandidates];
        foreach (int near in candidates[.._table.FindSame(packed, candidates)])
        {
            if (_ring[near].Place == place)
            {
                return near;
            }
        }

        return -1;
    }

    /// <summary>Drops the oldest path before its time.</summary>
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

    /// <summary>Prefetches what the next drop reads. A full index drops a path for each one that comes, and the oldest
    /// is no longer in the caches.</summary>
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

    private bool Counts(
        in ReplayEntry entry,
        in PathSignature signature,
        long logTime,
        ulong place,
        ReadOnlySpan<long> known
    )
    {
        float stretch = (float)signature.Duration / entry.Signature.Duration;
        return stretch >= _settings.MinStretch
            && stretch <= _settings.MaxStretch
            && (entry.LogTime < logTime || (entry.LogTime == logTime && entry.Place < place))
            && entry.LogTime >= logTime - _settings.ExpiryMs
            && (entry.Place >> 48 == place >> 48 || IsKnown(entry.Told, known));
    }

    private static bool IsKnown(ulong told, ReadOnlySpan<long> known) =>
        told != NotTold
        && (int)(told >> 48) is var partition
        && partition < known.Length
        && (long)(told & MaxOffset) < known[partition];

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
            (long)(entry.Place & MaxOffset),
            IsTransformed: false
        );
    }
}
