using System.Runtime.CompilerServices;
using Engine.Contracts;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Decode;
using Engine.Pipeline.Join;
using Engine.Pipeline.Keys;
using Engine.Primitives;

namespace Engine.Pipeline;

/// <summary>The stage that joins clicks with their paths. Whichever comes first waits for the other, by log time; a
/// click that is complete goes to the batch. Duplicates are dropped here.</summary>
internal sealed class PathJoin(
    KeyedHash hash,
    PipelineLimits limits,
    EventArena arena,
    RowPool pool,
    ClickArrival arrival,
    DecisionBatch batch
)
{
    public void OnClick(PartitionState partition, RecordChunk chunk, int i)
    {
        ref readonly ClickKeys keys = ref chunk.Keys(i);
        ref DeduplicationWindow.Remembered seen = ref partition.Ids.Find(keys.Id);
        if (!Unsafe.IsNullRef(ref seen))
        {
            partition.Ids.Renew(ref seen, partition.LogTime);
            if (partition.IsLive)
            {
                partition.Counts.Duplicates++;
            }

            return;
        }
        ClickRow row = chunk.TakeRow(i);
        arrival.Enter(partition, row, keys);
        ref InteractionEvent e = ref row.Event;
        bool waited = partition.WaitingPaths.Remove(keys.Id, out WaitingPath? before);
        if (e.PathCount > 0)
        {
            (row.Path, row.PathStart, row.PathCount) = (PathState.Present, e.PathStart, e.PathCount);
            if (waited)
            {
                if (partition.IsLive)
                {
                    partition.Counts.PathsSurplus += 1 + before!.Extras;
                }

                pool.Return(partition, before!);
            }
        }
        else if (waited)
        {
            if (partition.IsLive)
            {
                partition.Counts.PathsJoined++;
                partition.Counts.PathsSurplus += before!.Extras;
            }
            (row.Path, row.OwnPath, row.PathStart, row.PathCount) = (PathState.Present, before, 0, before!.Count);
        }
        else if (e.ExpectsPath)
        {
            if (row.JoinDeadline < RecordTime.Last)
            {
                row.KeepTexts();
                partition.Ids.Add(keys.Id, partition.LogTime, decided: false, partition.Position);
                partition.WaitingClicks.Add(keys.Id, row, row.JoinDeadline, row.Offset);
                return;
            }

            row.Path = PathState.Missing;
        }
        partition.Ids.Add(keys.Id, partition.LogTime, decided: true, partition.Position);
        batch.Add(row);
    }

    public void OnPath(PartitionState partition, in InteractionEvent e)
    {
        ulong id = Fingerprints.Click(hash, e.Click.Span);
        ref DeduplicationWindow.Remembered click = ref partition.Ids.Find(id);
        if (Unsafe.IsNullRef(ref click))
        {
            KeepWaiting(partition, e, id);
            return;
        }
        long joinMs = partition.Settings!.Limits.JoinMs;
        if (click.Decided || !partition.WaitingClicks.Remove(id, out ClickRow? row))
        {
            if (!partition.IsLive)
            {
                return;
            }

            if (partition.LogTime - partition.Ids.LogTimeOf(click) <= joinMs)
            {
                partition.Counts.PathsSurplus++;
            }
            else
            {
                partition.Counts.PathsUnmatched++;
            }

            return;
        }
        click.Decided = true;
        if (partition.IsLive)
        {
            partition.Counts.PathsJoined++;
        }

        (row!.Path, row.PathStart, row.PathCount) = (PathState.Present, e.PathStart, e.PathCount);
        batch.Add(row);
    }

    /// <summary>Releases whatever waited past its deadline: clicks are decided without their paths.</summary>
    public void ReleaseOverdue(PartitionState partition)
    {
        while (
            partition.WaitingClicks.TryTakeOverdue(partition.LogTime, out ClickRow? row, static row => row.JoinDeadline)
        )
        {
            ref DeduplicationWindow.Remembered remembered = ref partition.Ids.Find(row!.Id);
            if (!Unsafe.IsNullRef(ref remembered))
            {
                remembered.Decided = true;
            }

            row.Path = PathState.Missing;
            batch.Add(row);
        }
        while (
            partition.WaitingPaths.TryTakeOverdue(partition.LogTime, out WaitingPath? path, static path =>
                path.Deadline
            )
        )
        {
            if (partition.IsLive)
            {
                partition.Counts.PathsUnmatched += 1 + path!.Extras;
            }

            pool.Return(partition, path!);
        }
    }

    /// <summary>Keeps a path whose click hasn't come yet. Only the first path for a click waits.</summary>
    private void KeepWaiting(PartitionState partition, in InteractionEvent e, ulong id)
    {
        if (partition.WaitingPaths.TryGet(id, out WaitingPath? first))
        {
            first!.Extras++;
            return;
        }
        long deadline = partition.LogTime + partition.Settings!.Limits.JoinMs;
        if (deadline >= RecordTime.Last || partition.WaitingPoints + e.PathCount > limits.WaitingPathPoints)
        {
            if (partition.IsLive)
            {
                partition.Counts.PathsUnmatched++;
            }

            return;
        }
        WaitingPath path = pool.RentPath();
        path.Copy(
            arena.T.AsSpan(e.PathStart, e.PathCount),
            arena.X.AsSpan(e.PathStart, e.PathCount),
            arena.Y.AsSpan(e.PathStart, e.PathCount)
        );
        (path.Click, path.Extras, path.Deadline) = (id, 0, deadline);
        partition.WaitingPoints += path.Count;
        partition.WaitingPaths.Add(id, path, deadline, partition.Position);
    }
}
