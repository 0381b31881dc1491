using System.Runtime.CompilerServices;
using System.Text;
using Engine.Partitions.Assignment;
using Engine.Pipeline.History;
using Engine.Pipeline.Join;
using Engine.Pipeline.Keys;

namespace Engine.Pipeline.Consume.Lanes;

/// <summary>
/// Looks for clicks that labels speak of without saying where they were made: in the partitions that a lane owns,
/// beside the hot loop.
/// </summary>
internal sealed class LabelSearch(EngineContext context, PartitionAssignment<ClickPartition> partitions)
{
    /// <summary>
    /// A label may be read a moment before its click: it is looked for so long, and until log time has passed the
    /// label's.
    /// </summary>
    private static readonly TimeSpan LookFor = TimeSpan.FromSeconds(10);

    private readonly List<(PendingLabelClick Click, long Since)> _sought = [];
    private long _labelsRead;

    /// <summary>
    /// Looks for all of them again: partitions were taken over, and labels came while somebody else owned those.
    /// </summary>
    public void StartOver() => _labelsRead = 0;

    /// <summary>Called once a progress interval; costs a comparison where there are no such labels.</summary>
    public void Look(long now)
    {
        PendingLabels waiting = context.Labels.Intake.Waiting;
        if (partitions.Owned.Count == 0 || (waiting.Asked == _labelsRead && _sought.Count == 0))
        {
            return;
        }

        foreach (PendingLabelClick click in waiting.ReadFrom(ref _labelsRead))
        {
            _sought.Add((click, now));
        }

        _sought.RemoveAll(one =>
            IsFound(one.Click)
            || (
                context.Clock.GetElapsedTime(one.Since, now) > LookFor
                && partitions.Owned.All(partition => IsPast(partition, one.Click))
            )
        );
    }

    private bool IsFound(PendingLabelClick click)
    {
        ulong id = Fingerprints.Click(context.Hash, Encoding.ASCII.GetBytes(click.Click));
        foreach (ClickPartition partition in partitions.Owned)
        {
            ref DeduplicationWindow.Remembered found = ref partition.State.Ids.Find(id);
            if (Unsafe.IsNullRef(ref found))
            {
                continue;
            }

            context.LabelledClicks.Request(partition.Number, partition.State.Ids.OffsetOf(found), click.Click);
            return true;
        }
        return false;
    }

    private static bool IsPast(ClickPartition partition, PendingLabelClick click) =>
        partition.Next >= partition.LiveFromOffset && (partition.EndSince != 0 || partition.LogTime > click.LogTime);
}
