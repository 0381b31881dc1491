using Engine.Contracts;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.CursorPath;
using Engine.Pipeline.Decode;
using Engine.Pipeline.Features;
using Engine.Pipeline.History;
using Engine.Pipeline.Settings;
using Engine.Primitives;

namespace Engine.Pipeline;

/// <summary>The stage that counts a new click and fills all its features except those of its path.</summary>
internal sealed class ClickArrival(KeyedHash hash, Histories? histories)
{
    private readonly ClickLists _lists = new();

    /// <summary>Counts a new click in the windows and fills its row with everything known except its path.</summary>
    public void Enter(PartitionState partition, ClickRow row, in ClickKeys keys)
    {
        DecisionSettings settings = partition.Settings!;
        ref InteractionEvent e = ref row.Event;
        (row.Partition, row.Settings, row.Offset, row.LogTime) = (
            partition,
            settings,
            partition.Position,
            partition.LogTime
        );
        (row.Id, row.Address, row.Network, row.Visitor, row.ActorKey) = (
            keys.Id,
            keys.Address,
            keys.Network,
            keys.Visitor,
            keys.ActorKey
        );
        (row.Campaign, row.Publisher, row.Agent) = (keys.Campaign, keys.Publisher, keys.Agent);
        (row.Path, row.Degenerate, row.DegenerateCount, row.PathStart, row.PathCount, row.OwnPath) = (
            PathState.None,
            Degeneracy.Sound,
            0,
            0,
            0,
            null
        );
        (row.Replay, row.PathProbability, row.PathEvidence) = (default, ClickFeatures.Unknown, default);
        (row.VisitorSeries, row.NetworkSeries, row.ModelEvidence) = (default, default, default);
        row.TimeOutOfRange = Math.Abs(e.Time - partition.LogTime) > settings.Limits.OutOfRangeMs;
        row.Time = row.TimeOutOfRange ? partition.LogTime : e.Time;
        ClickWindows.Count(row, keys);
        _lists.LookUp(row);
        ClickDescription.Fill(row);
        ClickStandings.Fill(row);
        if (histories == null || histories.IsEmpty)
        {
            ClickHistory.Clear(row);
        }
        else
        {
            ClickHistory.Fill(row, histories, hash);
        }
    }
}
