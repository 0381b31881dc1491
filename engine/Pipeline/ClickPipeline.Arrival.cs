using System.Runtime.CompilerServices;
using Engine.Contracts;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.CursorPath;
using Engine.Pipeline.Decode;
using Engine.Pipeline.Features;
using Engine.Pipeline.Join;
using Engine.Pipeline.Keys;
using Engine.Pipeline.Lists;
using Engine.Pipeline.Settings;
using Engine.Pipeline.Standing;
using Engine.Pipeline.Windows;

namespace Engine.Pipeline;

/// <summary>The steps of clicks and paths through a partition's state.</summary>
public sealed unsafe partial class ClickPipeline
{
    private void OnClick(PartitionState partition, int i)
    {
        ref readonly ClickKeys keys = ref _keys[i];
        if (!Unsafe.IsNullRef(ref partition.Ids.Find(keys.Id)))
        {
            if (partition.IsLive)
            {
                partition.Counts.Duplicates++;
            }

            return;
        }
        ClickRow row = _decoded[i]!;
        _decoded[i] = null;
        Arrive(partition, row, keys);
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

                Return(partition, before!);
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
            row.KeepTexts();
            partition.Ids.Add(keys.Id, partition.LogTime, decided: false, partition.Position);
            partition.WaitingClicks.Add(keys.Id, row, partition.LogTime + row.Settings.Limits.JoinMs, row.Offset);
            return;
        }
        partition.Ids.Add(keys.Id, partition.LogTime, decided: true, partition.Position);
        Ready(row);
    }

    private void OnPath(PartitionState partition, in InteractionEvent e)
    {
        ulong id = Fingerprints.Click(_hash, e.Click.Span);
        ref DeduplicationWindow.Remembered click = ref partition.Ids.Find(id);
        if (Unsafe.IsNullRef(ref click))
        {
            Hold(partition, e, id);
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
        Ready(row);
    }

    /// <summary>A path whose click hasn't come: the first waits for it.</summary>
    private void Hold(PartitionState partition, in InteractionEvent e, ulong id)
    {
        if (partition.WaitingPaths.TryGet(id, out WaitingPath? first))
        {
            first!.Extras++;
            return;
        }
        if (partition.WaitingPoints + e.PathCount > _limits.WaitingPathPoints)
        {
            if (partition.IsLive)
            {
                partition.Counts.PathsUnmatched++;
            }

            return;
        }
        WaitingPath path = _paths.TryPop(out WaitingPath? pooled) ? pooled : new WaitingPath();
        path.Copy(
            _arena.T.AsSpan(e.PathStart, e.PathCount),
            _arena.X.AsSpan(e.PathStart, e.PathCount),
            _arena.Y.AsSpan(e.PathStart, e.PathCount)
        );
        (path.Click, path.Extras, path.Deadline) = (id, 0, partition.LogTime + partition.Settings!.Limits.JoinMs);
        partition.WaitingPoints += path.Count;
        partition.WaitingPaths.Add(id, path, path.Deadline, partition.Position);
    }

    /// <summary>A new click enters the windows; its row gets all that is known of it but its path.</summary>
    private void Arrive(PartitionState partition, ClickRow row, in ClickKeys keys)
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
        row.TimeOutOfRange = Math.Abs(e.Time - partition.LogTime) > settings.Limits.OutOfRangeMs;
        row.Time = row.TimeOutOfRange ? partition.LogTime : e.Time;
        CountWindows(row, keys);
        LookUp(row, settings);
        Describe(row);
        TakeStandings(row);
        if (_histories == null || _histories.IsEmpty)
        {
            ClickHistory.Clear(row);
        }
        else
        {
            ClickHistory.Fill(row, _histories, _hash);
        }
    }

    private static void CountWindows(ClickRow row, in ClickKeys keys)
    {
        PartitionState partition = row.Partition;
        long now = row.LogTime;
        var at = new WindowBuckets(row.Time);
        keys.TouchAddress(partition, now)->Take(at, ref row[ClickFeature.Ip60], out long gap);
        row[ClickFeature.IpGap] = Seconds(gap);
        keys.TouchNetwork(partition, now)->Take(at, ref row[ClickFeature.Network60], out _);
        keys.TouchWho(partition, now)->Take(at, ref row[ClickFeature.Visitor60], out gap);
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
        gapMs < 0 ? ClickFeatures.LongestGapSeconds : Math.Min(gapMs / 1000f, ClickFeatures.LongestGapSeconds);

    private void LookUp(ClickRow row, DecisionSettings settings)
    {
        if (_agentsOf != settings)
        {
            if (_agentsOf?.Agents.SequenceEqual(settings.Agents) != true)
            {
                _agents = new AgentCache(settings.Agents);
            }

            _agentsOf = settings;
        }
        ref InteractionEvent e = ref row.Event;
        bool relayed = ListOf(settings.Relays, e.Address) != null;
        row.DatacentreList = relayed ? null : ListOf(settings.Datacentres, e.Address);
        row.ProxyList = ListOf(settings.Proxies, e.Address);
        row.AgentInfo = e.Ua.IsEmpty ? AgentInfo.None : _agents!.Of(row.Agent, e.Ua.Span);
        row.Contradiction = row.AgentInfo.Contradiction(e);
        row.Allow = settings.HasAllows ? settings.AllowOf(e.Address, row.Visitor, row.Campaign, row.Time) : null;
    }

    private static string? ListOf(AddressList[] lists, IpAddress address)
    {
        foreach (AddressList list in lists)
        {
            if (list.Contains(address))
            {
                return list.Name;
            }
        }

        return null;
    }

    private static void Describe(ClickRow row)
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

    /// <summary>
    /// Whether a text is an http(s) address with a host, as far as its beginning tells; the scheme in any case of
    /// letters.
    /// </summary>
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

    private static void TakeStandings(ClickRow row)
    {
        Standings standings = row.Partition.Standings;
        StandingSums? network = standings.Of(row.Network),
            visitor = row.Visitor == 0 ? null : standings.Of(row.Visitor),
            publisher = standings.Of(row.Publisher);
        (row.NetworkSums, row.VisitorSums, row.PublisherSums) = (network, visitor, publisher);
        (row.VisitorElsewhere, row.PublisherElsewhere) = (visitor?.Elsewhere, publisher?.Elsewhere);
        (row.StandingNetwork, row.StandingNetworkClicks) =
            network == null ? (ClickFeatures.Unknown, 0) : (network.Share, network.Clicks);
        StandingSums? seen = visitor?.Seen;
        (row.StandingVisitor, row.StandingVisitorClicks) =
            seen == null ? (ClickFeatures.Unknown, 0) : (seen.Share, seen.Clicks);
        seen = publisher?.Seen;
        row.PublisherShare =
            seen == null
                ? default
                : new PublisherShare(
                    (float)(seen.RecentInvalid / (seen.RecentClicks + 1)),
                    seen.PastShare,
                    (float)seen.RecentClicks
                );
        row[ClickFeature.StandingNetwork] = row.StandingNetwork;
        row[ClickFeature.StandingNetworkClicks] = (float)row.StandingNetworkClicks;
        row[ClickFeature.StandingVisitor] = row.StandingVisitor;
        row[ClickFeature.PublisherShare] = publisher == null ? ClickFeatures.Unknown : row.PublisherShare.Recent;
    }
}
