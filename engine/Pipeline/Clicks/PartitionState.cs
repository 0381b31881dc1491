using Engine.Contracts;
using Engine.Pipeline.Join;
using Engine.Pipeline.Knowledge;
using Engine.Pipeline.Settings;
using Engine.Pipeline.Standing;
using Engine.Pipeline.Verdicts;
using Engine.Pipeline.Windows;

namespace Engine.Pipeline.Clicks;

/// <summary>Bounds on what a partition remembers; each is a setting of engine.yaml.</summary>
public sealed record PipelineLimits
{
    /// <summary>Addresses, networks and visitors in a partition's windows; 65 bytes each.</summary>
    public int WindowKeys { get; init; } = 1_000_000;

    /// <summary>Pairs of a visitor with a campaign or a publisher in a partition's windows; 17 bytes each, or 33 for
    /// pairs that come again. At most <see cref="Windows.PairTable.MaxKeys"/>.</summary>
    public int PairKeys { get; init; } = 2_000_000;

    /// <summary>Keys in windows of degenerate paths.</summary>
    public int DegenerateKeys { get; init; } = 200_000;

    /// <summary>Visitors, networks, publishers and campaigns whose paths are added up; 65 bytes each.</summary>
    public int SeriesKeys { get; init; } = 500_000;

    /// <summary>Networks, visitors, publishers and campaigns whose standings a partition keeps.</summary>
    public int Standings { get; init; } = 500_000;

    /// <summary>Points of paths that wait for their clicks. A path that would exceed the bound is unmatched.</summary>
    public int WaitingPathPoints { get; init; } = 4_000_000;

    /// <summary>Paths that the process's replay index remembers; up to 300 bytes each.</summary>
    public int ReplayPaths { get; init; } = 1_000_000;
}

/// <summary>Outcomes of a partition's records. Every record except ticks has exactly one.</summary>
public sealed class PartitionCounts
{
    public long Verdicts,
        Duplicates,
        PathsJoined,
        PathsSurplus,
        PathsUnmatched,
        PathsCompared,
        ConfirmationsUsed,
        ConfirmationsUnused,
        Ticks,
        KeysMismatched;
    public readonly long[] DeadLetters = new long[Enum.GetValues<DeadLetterReason>().Length];
    public readonly long[] ByClass = new long[4];
    public readonly long[] ByReason = new long[Reasons.Count];
    public readonly long[] ByShadowReason = new long[Reasons.Count];

    public long AllDeadLetters => DeadLetters.Sum();

    /// <summary>Adds these counts to others.</summary>
    public void AddTo(PartitionCounts sum)
    {
        sum.Verdicts += Verdicts;
        sum.Duplicates += Duplicates;
        sum.PathsJoined += PathsJoined;
        sum.PathsSurplus += PathsSurplus;
        sum.PathsUnmatched += PathsUnmatched;
        sum.PathsCompared += PathsCompared;
        sum.ConfirmationsUsed += ConfirmationsUsed;
        sum.ConfirmationsUnused += ConfirmationsUnused;
        sum.Ticks += Ticks;
        sum.KeysMismatched += KeysMismatched;
        for (int i = 0; i < DeadLetters.Length; i++)
        {
            sum.DeadLetters[i] += DeadLetters[i];
        }

        for (int i = 0; i < ByClass.Length; i++)
        {
            sum.ByClass[i] += ByClass[i];
        }

        for (int i = 0; i < ByReason.Length; i++)
        {
            sum.ByReason[i] += ByReason[i];
            sum.ByShadowReason[i] += ByShadowReason[i];
        }
    }
}

/// <summary>A click whose action was <c>confirm</c>, with what a confirmation needs to rewrite its verdict.</summary>
/// <param name="Verdict">The stored parts of the verdict, to which the confirmation adds its own.</param>
public sealed record PendingConfirmation(string Click, StoredVerdict Verdict);

/// <summary>The state of one partition of <c>interactions</c>: a pure function of its log and the settings. Owned by
/// one lane at a time and used only by its thread.</summary>
public sealed class PartitionState : IDisposable
{
    /// <param name="marks">The partition's marks; by default there are none, so that nothing of other partitions is
    /// used.</param>
    public PartitionState(int partition, PipelineLimits limits, TimeLimits times, MarkSequence? marks = null)
    {
        Partition = partition;
        Name = RedisKeys.Partition(Topics.Interactions, partition);
        Clicks = new WindowTable<WindowEntry>(limits.WindowKeys);
        Pairs = new PairTable(limits.PairKeys);
        DegeneratePaths = new WindowTable<WindowEntry>(limits.DegenerateKeys);
        PathSeries = new WindowTable<SeriesEntry>(limits.SeriesKeys);
        Ids = new DeduplicationWindow(times.DuplicatesMax) { Forgotten = id => Confirmables.Remove(id) };
        Standings = new Standings(limits.Standings);
        Knowledge = new PartitionKnowledge(marks ?? new MarkSequence(), Standings.AddOther, IsOfOther);
    }

    public int Partition { get; }

    /// <summary><c>interactions-2</c></summary>
    public string Name { get; }

    /// <summary>Addresses, networks and visitors.</summary>
    public WindowTable<WindowEntry> Clicks { get; }

    /// <summary>Pairs of visitors with campaigns and with publishers.</summary>
    public PairTable Pairs { get; }

    public WindowTable<WindowEntry> DegeneratePaths { get; }

    /// <summary>What the paths of visitors, networks, publishers and campaigns say together.</summary>
    public WindowTable<SeriesEntry> PathSeries { get; }

    public DeduplicationWindow Ids { get; }
    public Standings Standings { get; }

    /// <summary>What is known of other partitions.</summary>
    public PartitionKnowledge Knowledge { get; }

    public JoinBuffer<ClickRow> WaitingClicks { get; } = new();
    public JoinBuffer<WaitingPath> WaitingPaths { get; } = new();
    public Dictionary<ulong, PendingConfirmation> Confirmables { get; } = [];
    public PartitionCounts Counts { get; } = new();

    /// <summary>The number of points in <see cref="WaitingPaths"/>.</summary>
    public int WaitingPoints;

    /// <summary>The offset of the record being processed.</summary>
    public long Position;

    /// <summary>The first offset whose results aren't written yet. Earlier records only rebuild the state.</summary>
    public long LiveFromOffset;

    /// <summary>Running maximum of record timestamps, ms.</summary>
    public long LogTime;

    public bool IsLive => Position >= LiveFromOffset;

    /// <summary>The number of versions of the settings when <see cref="Settings"/> was found.</summary>
    internal int KnownVersions;
    internal DecisionSettings? Settings;
    internal long SettingsUntil;

    /// <summary>The earliest log time at which something that waits falls due; long.MaxValue if nothing
    /// waits.</summary>
    public long NextDeadline =>
        Math.Min(
            WaitingClicks.Count > 0 ? WaitingClicks.NextDeadline : long.MaxValue,
            WaitingPaths.Count > 0 ? WaitingPaths.NextDeadline : long.MaxValue
        );

    /// <summary>All events of a network lie in one partition, whose own sums are complete.</summary>
    private bool IsOfOther(WrittenSums written) =>
        written.Partition != Partition && written.Sums.Kind != StandingKind.Network;

    public void Dispose()
    {
        Clicks.Dispose();
        Pairs.Dispose();
        DegeneratePaths.Dispose();
        PathSeries.Dispose();
        Ids.Dispose();
    }
}
