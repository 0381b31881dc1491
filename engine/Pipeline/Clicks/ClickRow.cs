using System.Runtime.CompilerServices;
using Engine.Contracts;
using Engine.Pipeline.CursorPath;
using Engine.Pipeline.Decode;
using Engine.Pipeline.Features;
using Engine.Pipeline.Join;
using Engine.Pipeline.Lists;
using Engine.Pipeline.Settings;
using Engine.Pipeline.Standing;

namespace Engine.Pipeline.Clicks;

/// <summary>Everything known about one click from its arrival to its verdict. Rows are pooled: the pipeline rents one
/// when a click comes and returns it after the verdict. While a click waits for its path, its texts are in the row's
/// own buffer; otherwise in the message.</summary>
public sealed unsafe class ClickRow
{
    /// <summary>The number of records decoded together: two of the forest's blocks of 32, and few enough to stay in the
    /// L2 cache.</summary>
    public const int ChunkRecords = 64;

    private byte[] _texts = [];

    public InteractionEvent Event;
    public PartitionState Partition = null!;
    public DecisionSettings Settings = null!;

    /// <summary>The click's offset in its partition.</summary>
    public long Offset;

    /// <summary>Log time of the click, ms.</summary>
    public long LogTime;

    /// <summary>The log time up to which the click waits for its path, ms.</summary>
    public long JoinDeadline => LogTime + Settings.Limits.JoinMs;

    /// <summary>The corrected event time, ms.</summary>
    public long Time;

    public ulong Id,
        Address,
        Network,
        Visitor,
        ActorKey,
        Campaign,
        Publisher,
        Agent;

    public bool TimeOutOfRange;

    /// <summary>The offset of the record that made the click ready to be decided: its own, its path's, or the one whose
    /// time passed its deadline.</summary>
    public long DecidedAt;

    /// <summary>True if live; false while state is being rebuilt. Compares <see cref="DecidedAt"/>, as more records may
    /// follow before the row is concluded.</summary>
    public bool IsLive => DecidedAt >= Partition.LiveFromOffset;

    /// <summary>Time since the last click of the pair with the campaign, ms; negative if there is none.</summary>
    public long PairGapMs;

    public AgentInfo AgentInfo = AgentInfo.None;
    public string? DatacentreList,
        ProxyList,
        Contradiction;
    public AllowSetting? Allow;

    public PathState Path;
    public Degeneracy Degenerate;
    public int DegenerateCount;

    /// <summary>The buffer of a path that waited; null if the path's points are in the batch's arena.</summary>
    public WaitingPath? OwnPath;
    public int PathStart,
        PathCount;

    /// <summary>The path's index among the paths that are scored together.</summary>
    public int PathPlace;

    public ReplayFound Replay;
    public float PathProbability;
    public WeighedFeatures PathEvidence;

    /// <summary>What weighed most in the click's score, if it is one to review.</summary>
    public WeighedFeatures ModelEvidence;

    /// <summary>What the paths of the visitor and of the network say together, this one included.</summary>
    public SeriesFound VisitorSeries,
        NetworkSeries;

    /// <summary>The standings found at arrival, so that the verdict needn't look them up again; null if there were
    /// none.</summary>
    public StandingSums? NetworkSums,
        VisitorSums,
        PublisherSums;

    /// <summary>The other partitions whose sums of the visitor and of the publisher also count; null if there are
    /// none.</summary>
    public int[]? VisitorElsewhere,
        PublisherElsewhere;

    public float StandingNetwork,
        StandingVisitor;
    public double StandingNetworkClicks,
        StandingVisitorClicks;
    public PublisherShare PublisherShare;

    /// <summary>The highest share of invalid labels among the click's keys with enough clicks, and the number of those
    /// clicks; -1 if there is none.</summary>
    public float HistoryShare;
    public double HistoryClicks;

    /// <summary>The forest's input, by <see cref="ClickFeature"/>.</summary>
    public readonly float[] Features = new float[ClickFeatures.Count];

    public ref float this[ClickFeature feature]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Features[(int)feature];
    }

    /// <summary>Whether the row has all the values that plain clicks share (<see cref="PlainClick.Known"/>). Its
    /// features must be complete.</summary>
    public bool IsPlain()
    {
        foreach ((ClickFeature feature, float value) in PlainClick.Known)
        {
            if (this[feature] != value)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Copies the texts out of the message, so that the row can outlive it.</summary>
    public void KeepTexts()
    {
        ref InteractionEvent e = ref Event;
        int length =
            e.Id.Length
            + e.Ip.Length
            + e.Ua.Length
            + e.Visitor.Length
            + e.Publisher.Length
            + e.Placement.Length
            + e.Campaign.Length
            + e.Advertiser.Length
            + e.Page.Length
            + e.Referrer.Length
            + e.Target.Length;
        for (int i = 0; i < Fields.DeviceNames.Length; i++)
        {
            length += e.Device[i].Length;
        }
        // Pinned, since texts are pointers; kept for the row's next waiting click.
        if (_texts.Length < length)
        {
            _texts = GC.AllocateUninitializedArray<byte>(
                (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)length),
                pinned: true
            );
        }

        byte* at = (byte*)
            Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(_texts));
        Keep(ref e.Id, ref at);
        Keep(ref e.Ip, ref at);
        Keep(ref e.Ua, ref at);
        Keep(ref e.Visitor, ref at);
        Keep(ref e.Publisher, ref at);
        Keep(ref e.Placement, ref at);
        Keep(ref e.Campaign, ref at);
        Keep(ref e.Advertiser, ref at);
        Keep(ref e.Page, ref at);
        Keep(ref e.Referrer, ref at);
        Keep(ref e.Target, ref at);
        for (int i = 0; i < Fields.DeviceNames.Length; i++)
        {
            Keep(ref e.Device[i], ref at);
        }
    }

    private static void Keep(ref Text text, ref byte* at)
    {
        text.Span.CopyTo(new Span<byte>(at, text.Length));
        text = new Text(at, text.Length);
        at += text.Length;
    }
}
