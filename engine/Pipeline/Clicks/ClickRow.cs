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

/// <summary>
/// All that is known of one click between its arrival and its verdict. Rows are pooled by the pipeline: rented when a
/// click comes, given back once its verdict is out. While it waits for a path its texts lie in its own buffer, else in
/// the message.
/// </summary>
public sealed unsafe class ClickRow
{
    /// <summary>
    /// Records decoded together: two blocks of the forest's 32, and small enough to stay in the second-level cache.
    /// </summary>
    public const int ChunkRecords = 64;

    private byte[] _texts = [];

    public InteractionEvent Event;
    public PartitionState Partition = null!;
    public DecisionSettings Settings = null!;

    /// <summary>Where the click lies in its partition.</summary>
    public long Offset;

    /// <summary>Log time of the click, ms.</summary>
    public long LogTime;

    /// <summary>Event time as believed, ms.</summary>
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

    /// <summary>
    /// The offset of the record that made it ready to be decided: its own, its path's, or one whose time passed its
    /// deadline.
    /// </summary>
    public long DecidedAt;

    /// <summary>
    /// Whether that record gives results, or only rebuilds the state: others may follow before the row is concluded.
    /// </summary>
    public bool IsLive => DecidedAt >= Partition.LiveFromOffset;

    /// <summary>Time since the last click of the pair with the campaign, ms; negative where there is none.</summary>
    public long PairGapMs;

    public AgentInfo AgentInfo = AgentInfo.None;
    public string? DatacentreList,
        ProxyList,
        Contradiction;
    public AllowSetting? Allow;

    public PathState Path;
    public Degeneracy Degenerate;
    public int DegenerateCount;

    /// <summary>The path's points: the batch's arena, or what waited.</summary>
    public WaitingPath? OwnPath;
    public int PathStart,
        PathCount;

    /// <summary>Among the paths that are scored together.</summary>
    public int PathPlace;

    public ReplayFound Replay;
    public float PathProbability;
    public PathEvidence PathEvidence;

    /// <summary>
    /// The standings found at arrival, so that the verdict adds to them without looking again; null where there were
    /// none.
    /// </summary>
    public StandingSums? NetworkSums,
        VisitorSums,
        PublisherSums;

    /// <summary>
    /// The other partitions whose sums of the visitor and of the publisher it is judged by, too; null where there are
    /// none.
    /// </summary>
    public int[]? VisitorElsewhere,
        PublisherElsewhere;

    public float StandingNetwork,
        StandingVisitor;
    public double StandingNetworkClicks,
        StandingVisitorClicks;
    public PublisherShare PublisherShare;

    /// <summary>
    /// The highest share that labels called invalid of a key of this click with clicks enough, and those clicks; -1
    /// where there is none.
    /// </summary>
    public float HistoryShare;
    public double HistoryClicks;

    /// <summary>The forest's row, by <see cref="ClickFeature"/>.</summary>
    public readonly float[] Features = new float[ClickFeatures.Count];

    public ref float this[ClickFeature feature]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Features[(int)feature];
    }

    /// <summary>
    /// Whether the row has every value that plain clicks share (<see cref="PlainClick.Known"/>); its features must be
    /// complete.
    /// </summary>
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

    /// <summary>Copies the texts out of the message, so that the row may outlive it.</summary>
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
        // Pinned, since texts are pointers; kept with the row for the next click that waits.
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
