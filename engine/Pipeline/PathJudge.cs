using Engine.Contracts;
using Engine.Pipeline.Decode;
using Engine.Pipeline.Features;
using Engine.Pipeline.Windows;

namespace Engine.Pipeline;

/// <summary>
/// Judges a click's path in two steps. <see cref="Join"/> runs where the path joins its click, in the order of the log: rules for degenerate
/// paths, their counts, and the replay index. <see cref="Score"/> runs with the batch: features and the classifier. One a lane.
/// </summary>
public sealed unsafe class PathJudge
{
    public void Join(ClickRow row, EventArena arena, IDecisionSink sink)
    {
        Points(row, arena, out ReadOnlySpan<float> t, out ReadOnlySpan<float> x, out ReadOnlySpan<float> y);
        row.Degenerate = DegeneratePaths.Nothing;
        CountDegenerate(row);
    }

    public void Score(ClickRow row, EventArena arena)
    {
    }

    /// <summary>The visitor's and the network's clicks with degenerate paths in windows; the visitor's is what limits go by.</summary>
    private static void CountDegenerate(ClickRow row)
    {
        WindowTable windows = row.Partition.DegeneratePaths;
        int visitor = 0, network = 0;
        if (row.Degenerate != DegeneratePaths.Nothing)
        {
            visitor = Count(windows.Touch(row.Who, row.LogTime), row.Time);
            network = Count(windows.Touch(row.Network, row.LogTime), row.Time);
        }
        row.DegenerateCount = visitor;
        (row[ClickFeature.DegenerateVisitor3600], row[ClickFeature.DegenerateNetwork3600]) = (visitor, network);
    }

    private static int Count(WindowEntry* entry, long time)
    {
        entry->Add(time);
        if (time > entry->Last) entry->Last = time;
        entry->Count(time, out _, out _, out int hour);
        return hour;
    }

    private static void Points(ClickRow row, EventArena arena, out ReadOnlySpan<float> t, out ReadOnlySpan<float> x, out ReadOnlySpan<float> y)
    {
        (float[] allT, float[] allX, float[] allY) = row.OwnPath is { } own ? (own.T, own.X, own.Y) : (arena.T, arena.X, arena.Y);
        t = allT.AsSpan(row.PathStart, row.PathCount);
        x = allX.AsSpan(row.PathStart, row.PathCount);
        y = allY.AsSpan(row.PathStart, row.PathCount);
    }
}
