using Engine.Contracts;
using Engine.Partitions;
using Engine.Pipeline.Consume.Followers;
using Engine.Pipeline.Knowledge;
using Engine.Pipeline.Standing;

namespace Engine.Pipeline.Consume.Lanes;

/// <summary>Gives partitions that are taken over what other partitions told, as far as their marks say. Used by the
/// lane's thread.</summary>
public sealed class OtherPartitions(EngineContext context, LaneThread lane)
{
    /// <summary>All topics are read from their beginning when the process starts: a full index of a million paths
    /// within seconds, a hundred thousand labels in about a second.</summary>
    private static readonly TimeSpan ReadWithin = TimeSpan.FromSeconds(60),
        MarkWithin = TimeSpan.FromSeconds(10),
        LookEvery = TimeSpan.FromMilliseconds(1);

    /// <summary>Reads everything that other partitions, and earlier owners, told to its current end.</summary>
    public void CatchUp()
    {
        KnowledgeReaders readers = context.Knowledge;
        Require(Topics.Standings, readers.Standings.CatchUp(ReadWithin));
        Require(Topics.PathSignatures, readers.Signatures.CatchUp(ReadWithin));
        Require(Topics.Labels, readers.Labels.CatchUp(ReadWithin));
        Require(Topics.Marks, readers.Marks.CatchUp(ReadWithin));
    }

    /// <summary>Marks the beginning of these ownerships, waits until the marks have come back, and tells the partitions
    /// what was told before.</summary>
    /// <returns>All sums told, in order, for partitions to restore their own.</returns>
    public IReadOnlyList<WrittenSums> TakeOver(IReadOnlyList<OwnMarks> taken)
    {
        Begin(taken);
        return Tell(taken);
    }

    /// <summary>Marks the beginning of these ownerships, and waits until the marks have come back.</summary>
    public void Begin(IReadOnlyList<OwnMarks> taken)
    {
        // What is read from here on is told by the follower. Sums that come twice change nothing.
        foreach (OwnMarks marks in taken)
        {
            context.Knowledge.Standings.Join(marks.Knowledge);
            marks.Begin();
        }

        long since = context.Clock.GetTimestamp();
        while (!taken.All(marks => marks.Confirm()))
        {
            Require(Topics.Marks, context.Clock.GetElapsedTime(since) < MarkWithin);
            lane.Pause(LookEvery);
        }
    }

    /// <summary>Tells partitions what was told before they were taken over.</summary>
    /// <returns>All sums told, in order, for partitions to restore their own.</returns>
    public IReadOnlyList<WrittenSums> Tell(IReadOnlyList<OwnMarks> taken)
    {
        List<Told<WrittenSums>> told = StandingsReader.Read(
            context.Consume.Kafka,
            context.Keys.Prefix,
            context.Hash,
            KnownToAll(taken),
            taken.Min(marks => marks.Partition.Plan.FromTime)
        );
        foreach (OwnMarks marks in taken)
        {
            marks.Knowledge.Restore(told);
        }

        return [.. told.Select(one => one.What)];
    }

    /// <summary>Stops telling a partition that was released.</summary>
    public void Leave(OwnMarks marks) => context.Knowledge.Standings.Leave(marks.Knowledge);

    /// <summary>Of each partition of <c>standings</c>, the offset before which all of them know everything from their
    /// first record on.</summary>
    private static long[] KnownToAll(IReadOnlyList<OwnMarks> taken)
    {
        long[][] known =
        [
            .. taken.Select(marks => marks.Knowledge.Marks.At(marks.Partition.Plan.From)?.Known.Standings ?? []),
        ];
        return [.. Enumerable.Range(0, known.Min(offsets => offsets.Length)).Select(i => known.Min(one => one[i]))];
    }

    private static void Require(string topic, bool isRead)
    {
        if (!isRead)
        {
            throw new TimeoutException($"{topic} could not be read to the end in time");
        }
    }
}
