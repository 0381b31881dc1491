using Engine.Partitions.Diagnostics;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Consume.Followers;
using Engine.Pipeline.Standing;

namespace Engine.Pipeline.Consume.Lanes;

/// <summary>Gives partitions that are taken over what other partitions wrote: standings, path signatures and labels,
/// each read to the current end of its topic.</summary>
internal sealed class OtherPartitions(EngineContext context)
{
    /// <summary>A full index of a million paths is read within seconds. A slower broker must not cost the lane its
    /// group membership.</summary>
    private static readonly TimeSpan SignaturesWithin = TimeSpan.FromSeconds(60);

    /// <summary>Labels, and dimensions of their clicks in <c>standings</c>, are read from the topics' beginning when
    /// the process starts; a hundred thousand take about a second.</summary>
    private static readonly TimeSpan LabelsWithin = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan StandingsWithin = TimeSpan.FromSeconds(60);

    /// <summary>Reads <c>standings</c> to its end. How far a partition's sums are written determines from where its log
    /// is needed.</summary>
    public void CatchUpStandings()
    {
        if (!context.Standings.CatchUp(StandingsWithin))
        {
            throw new TimeoutException(
                $"standings could not be read to their end within {StandingsWithin.TotalSeconds} s"
            );
        }
    }

    /// <summary>Gives newly opened partitions what others wrote.</summary>
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

    /// <summary>Stops passing others' sums to a partition that was released.</summary>
    public void Leave(PartitionState state) => context.Standings.Leave(state);

    /// <summary>Restores the partitions' own sums, and adds those of others, from the log time at which the rebuild
    /// begins.</summary>
    private void RestoreStandings(IReadOnlyList<ClickPartition> taken)
    {
        // The follower delivers everything written from here on. Sums that come twice change nothing.
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
                // A log that is read from its first record yields all its sums itself.
                else if (partition.Next > 0)
                {
                    partition.State.Standings.Restore(written);
                }
            }
        }
    }
}
