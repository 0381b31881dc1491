using Engine.Pipeline.Features;
using Engine.Pipeline.Windows;

namespace Engine.Pipeline.Clicks;

/// <summary>Counts a click in the windows of its keys, and fills the features that come from them.</summary>
internal static unsafe class ClickWindows
{
    public static void Count(ClickRow row, in ClickKeys keys)
    {
        PartitionState partition = row.Partition;
        long now = row.LogTime;
        var at = new WindowBuckets(row.Time);
        keys.TouchAddress(partition, now)->Take(at, ref row[ClickFeature.Ip60], out long gap);
        row[ClickFeature.IpGap] = Seconds(gap);
        keys.TouchNetwork(partition, now)->Take(at, ref row[ClickFeature.Network60], out _);
        keys.TouchActor(partition, now)->Take(at, ref row[ClickFeature.Visitor60], out gap);
        row[ClickFeature.ActorGap] = Seconds(gap);
        partition.Pairs.Take(
            keys.TouchPairCampaign(partition, now),
            at,
            ref row[ClickFeature.PairCampaign600],
            out row.PairGapMs
        );
        partition.Pairs.Take(
            keys.TouchPairPublisher(partition, now),
            at,
            ref row[ClickFeature.PairPublisher600],
            out _
        );
    }

    private static float Seconds(long gapMs) =>
        gapMs < 0 ? ClickFeatures.NoGapSeconds : gapMs / 1000f;
}
