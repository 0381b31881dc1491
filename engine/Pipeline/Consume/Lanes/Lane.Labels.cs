using Engine.Pipeline.History;
using Engine.Pipeline.Join;
using Engine.Pipeline.Keys;

namespace Engine.Pipeline.Consume.Lanes;

/// <summary>
/// Clicks that labels speak of without saying where they were made: looked for in the partitions owned here, beside the
/// hot loop.
/// </summary>
public sealed partial class Lane
{
    /// <summary>
    /// A label may be read a moment before its click: it is looked for so long, and until log time has passed the
    /// label's.
    /// </summary>
    private static readonly TimeSpan LookFor = TimeSpan.FromSeconds(10);

    private readonly List<(UnplacedClick Click, long Since)> _sought = [];
    private long _labelsRead;

    /// <summary>Called once a progress interval; costs a comparison where there are no such labels.</summary>
    private void SeeToLabels(long now)
    {
        UnplacedLabels waiting = _context.Labels.Intake.Waiting;
        if (_owned.Count == 0 || (waiting.Asked == _labelsRead && _sought.Count == 0))
        {
            return;
        }

        foreach (UnplacedClick click in waiting.ReadFrom(ref _labelsRead))
        {
            _sought.Add((click, now));
        }

        _sought.RemoveAll(one =>
            IsFound(one.Click)
            || (
                _context.Clock.GetElapsedTime(one.Since, now) > LookFor
                && _owned.Values.All(partition => IsPast(partition, one.Click))
            )
        );
    }

    private bool IsFound(UnplacedClick click)
    {
        ulong id = Fingerprints.Click(_context.Hash, System.Text.Encoding.ASCII.GetBytes(click.Click));
        foreach (OwnedPartition partition in _owned.Values)
        {
            ref IdMemory.Remembered found = ref partition.State.Ids.Find(id);
            if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref found))
            {
                continue;
            }

            _context.LabelledClicks.Request(
                partition.State.Partition,
                partition.State.Ids.OffsetOf(found),
                click.Click
            );
            return true;
        }
        return false;
    }

    private static bool IsPast(OwnedPartition partition, UnplacedClick click) =>
        partition.Next >= partition.State.ResultsFrom
        && (partition.EndSince != 0 || partition.State.LogTime > click.LogTime);
}
