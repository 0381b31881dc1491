using Engine.Contracts;
using Engine.Pipeline.Features;
using Engine.Pipeline.History;
using Engine.Pipeline.Settings;
using Engine.Primitives;

namespace Engine.Pipeline.Clicks;

/// <summary>Fills the history features of a click's row: labels of its publisher, its placement and its device there.
/// Called on arrival, on the lane's thread.</summary>
internal static class ClickHistory
{
    /// <summary>Clears the row's history, for when nothing is known.</summary>
    public static void Clear(ClickRow row)
    {
        row[ClickFeature.HistoryPublisher] =
            row[ClickFeature.HistoryPlacement] =
            row[ClickFeature.HistoryDevice] =
                ClickFeatures.Unknown;
        (row.HistoryShare, row.HistoryClicks) = (ClickFeatures.Unknown, 0);
    }

    /// <summary>Fills the features, and the highest share among the keys with enough clicks for the reason
    /// <c>history</c>.</summary>
    public static void Fill(ClickRow row, Histories histories, KeyedHash hash)
    {
        Clear(row);
        long minute = Histories.MinuteOf(row.LogTime);
        HistoryCount all = histories.All(minute);
        if (all.Seen <= 0)
        {
            return;
        }

        ReasonSetting setting = row.Settings[Reason.History];
        double whole = SmoothedRate.OfAll(all),
            publisher = whole,
            placement = whole,
            device = whole;
        HistoryCount count = histories.Of(row.Publisher, minute);
        // All keys below include the publisher. Most publishers have no labels, and cost one look-up.
        if (count.Seen > 0)
        {
            HistoryKeys keys = HistoryKeys.Of(hash, row.Publisher, ref row.Event);
            publisher = Rate(row, setting, count, whole);
            placement = Rate(row, setting, histories.Of(keys[HistoryKind.Placement], minute), publisher);
            device = Rate(row, setting, histories.Of(keys[HistoryKind.PublisherModel], minute), publisher);
            Rate(row, setting, histories.Of(keys[HistoryKind.PublisherOsVersion], minute), publisher);
            Rate(row, setting, histories.Of(keys[HistoryKind.PlacementModel], minute), placement);
        }
        row[ClickFeature.HistoryPublisher] = (float)publisher;
        row[ClickFeature.HistoryPlacement] = (float)placement;
        row[ClickFeature.HistoryDevice] = (float)device;
    }

    private static double Rate(ClickRow row, ReasonSetting setting, HistoryCount count, double parent)
    {
        if (count.Seen <= 0)
        {
            return parent;
        }

        double share = SmoothedRate.Of(count, parent);
        if (count.Seen >= setting.MinClicks && share > row.HistoryShare)
        {
            (row.HistoryShare, row.HistoryClicks) = ((float)share, count.Seen);
        }

        return share;
    }
}
