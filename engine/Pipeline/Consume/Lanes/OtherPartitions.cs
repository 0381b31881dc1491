using Engine.Partitions.Diagnostics;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Consume.Followers;
using Engine.Pipeline.Standing;

namespace Engine.Pipeline.Consume.Lanes;

/// <summary>
/// What other partitions told, given to those that are taken over: standings, path signatures and labels, each read to
/// the present end of its topic.
/// </summary>
internal sealed class OtherPartitions(EngineContext context)
{
    /// <summary>
    /// A full index of a million paths is read within seconds; a broker that takes longer must not cost the group's
    /// membership.
    /// </summary>
    private static readonly TimeSpan SignaturesWithin = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Labels, and the places of their clicks in <c>standings</c>, are read from the topics' beginning when the process
    /// starts; a hundred thousand take about a second.
    /// </summary>
    private static readonly TimeSpan LabelsWithin = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan StandingsWithin = TimeSpan.FromSeconds(60);

    /// <summary>Reads <c>standings</c>: how far a partition's sums are written says from where its log is
    /// needed.</summary>
    public void CatchUpStandings()
    {
        if (!context.Standings.CatchUp(StandingsWithin))
        {
            throw new TimeoutException(
                $"standings could not be read to their end within {StandingsWithin.TotalSeconds} s"
            );
        }
    }

    /// <summary>Gives partitions that were opened what others told.</summary>
    public void Restore(IReadOnlyList<ClickPartition> taken)
    {
        RestoreStandings(taken);
        if (!context.Signatures.CatchUp(SignaturesWithin))
        {
            context.Log.SignaturesLate(SignaturesWithin.TotalSeconds);
        }

        if (!context.Labels.CatchUp(LabelsWithin))
        {
            context.Log.LabelsLate(LabelsWithin.TotalSeconds);
        }
    }

    /// <summary>A partition that was given back isn't told of others' sums any more.</summary>
    public void Leave(PartitionState state) => context.Standings.Leave(state);

    /// <summary>
    /// Gives the partitions back what they have written of their sums, and what others have; each from the log time on
    /// that is read again.
    /// </summary>
    private void RestoreStandings(IReadOnlyList<ClickPartition> taken)
    {
        // Whatever is written from here on comes by the follower; what comes twice changes nothing.
        foreach (ClickPartition partition in taken)
        {
            context.Standings.Join(partition.State);
        }

        long since = taken.Min(partition => partition.Plan.FromTime);
        foreach (
            IGrouping<int, WrittenSums> written in StandingsReader
                .Read(context.Consume.Kafka, context.Keys.Prefix, context.Hash, since)
                .GroupBy(one => one.Partition)
        )
        {
            foreach (ClickPartition partition in taken)
            {
                if (partition.Number != written.Key)
                {
                    foreach (WrittenSums one in written)
                    {
                        partition.State.Standings.Inbox.Add(one);
                    }
                }
                // A log that is read from its first record gives all its sums itself.
                else if (partition.Next > 0)
                {
                    partition.State.Standings.Restore(written);
                }
            }
        }
    }
}
