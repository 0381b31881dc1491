using System.Runtime.CompilerServices;
using System.Text;
using Engine.Partitions.Assignment;
using Engine.Pipeline.History;
using Engine.Pipeline.Join;
using Engine.Pipeline.Keys;

namespace Engine.Pipeline.Consume.Lanes;

/// <summary>Searches the partitions that a lane owns for labelled clicks whose labels lack their dimensions, outside
/// the hot loop.</summary>
internal sealed class LabelSearch(EngineContext context, PartitionAssignment<ClickPartition> partitions)
{
    /// <summary>How long a click is searched for, as a label may be read shortly before its click. The search also goes
    /// on until log time passes the label's.</summary>
    private static readonly TimeSpan SearchFor = TimeSpan.FromSeconds(10);

    private readonly List<(PendingLabelClick Click, long Since)> _sought = [];
    private long _labelsRead;

    /// <summary>Searches for all of them again: partitions were taken over, and labels came while they had other
    /// owners.</summary>
    public void StartOver() => _labelsRead = 0;

    /// <summary>Called once per progress interval; costs one comparison if there are no such labels.</summary>
    public void Look(long now)
    {
        PendingLabels waiting = context.Knowledge.Labels.Intake.Waiting;
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
                context.Clock.GetElapsedTime(one.Since, now) > SearchFor
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
