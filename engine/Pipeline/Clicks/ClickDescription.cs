using Engine.Pipeline.Decode;
using Engine.Pipeline.Features;

namespace Engine.Pipeline.Clicks;

/// <summary>Fills the features that come from a click's own fields and from the lists.</summary>
internal static class ClickDescription
{
    public static void Fill(ClickRow row)
    {
        ref InteractionEvent e = ref row.Event;
        row[ClickFeature.HasVisitor] = e.Visitor.IsEmpty ? 0 : 1;
        row[ClickFeature.HasPage] = e.Page.IsEmpty ? 0 : 1;
        row[ClickFeature.HasReferrer] = e.Referrer.IsEmpty ? 0 : 1;
        row[ClickFeature.AgentLength] = e.Ua.Length;
        row[ClickFeature.Pointer] = (int)e.Pointer;
        bool placed = e.HasPosition && e.HasViewport && e.ViewportWidth > 0 && e.ViewportHeight > 0;
        row[ClickFeature.PositionInside] =
            !placed ? ClickFeatures.Unknown
            : e.X >= 0 && e.X <= e.ViewportWidth && e.Y >= 0 && e.Y <= e.ViewportHeight ? 1
            : 0;
        row[ClickFeature.PositionX] = placed ? (float)(e.X / e.ViewportWidth) : ClickFeatures.Unknown;
        row[ClickFeature.PositionY] = placed ? (float)(e.Y / e.ViewportHeight) : ClickFeatures.Unknown;
        row[ClickFeature.IsPhone] = row.AgentInfo.IsPhone ? 1 : 0;
        row[ClickFeature.ListDatacentre] = row.DatacentreList != null ? 1 : 0;
        row[ClickFeature.ListProxy] = row.ProxyList != null ? 1 : 0;
        row[ClickFeature.ListCrawler] = row.AgentInfo.CrawlerList != null ? 1 : 0;
        row[ClickFeature.AgentContradiction] = row.Contradiction != null ? 1 : 0;
        row[ClickFeature.PageOdd] = !e.Page.IsEmpty && !IsWebAddress(e.Page.Span) ? 1 : 0;
    }

    /// <summary>Whether a text looks like an http(s) URL with a host, judging by its beginning. The scheme is
    /// case-insensitive.</summary>
    private static bool IsWebAddress(ReadOnlySpan<byte> page)
    {
        int scheme =
            page.Length > 8 && System.Text.Ascii.EqualsIgnoreCase(page[..8], "https://"u8) ? 8
            : page.Length > 7 && System.Text.Ascii.EqualsIgnoreCase(page[..7], "http://"u8) ? 7
            : 0;
        return scheme > 0
            && page[scheme] is not ((byte)'/' or (byte)'?' or (byte)'#' or (byte)':' or (byte)' ')
            && page.IndexOfAny((byte)' ', (byte)'\n', (byte)'\t') < 0;
    }
}
