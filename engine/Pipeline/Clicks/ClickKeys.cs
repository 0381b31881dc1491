using Engine.Pipeline.Decode;
using Engine.Pipeline.Keys;
using Engine.Pipeline.Windows;
using Engine.Primitives;

namespace Engine.Pipeline.Clicks;

/// <summary>The fingerprints of a click's keys, computed once, when the click is decoded.</summary>
public unsafe struct ClickKeys
{
    public ulong Id,
        Address,
        Network,
        Visitor,
        ActorKey,
        Campaign,
        Publisher,
        Agent,
        PairCampaign,
        PairPublisher;

    private WindowEntry* _address,
        _network,
        _actor;
    private PairEntry* _pairCampaign,
        _pairPublisher;
    private int _clickMoves,
        _pairMoves;

    public void Fill(KeyedHash hash, in InteractionEvent e)
    {
        Id = Fingerprints.Click(hash, e.Id.Span);
        Address = Fingerprints.Address(hash, e.Address);
        Network = Fingerprints.Network(hash, e.Address.Network);
        Agent = Fingerprints.Agent(hash, e.Ua.Span);
        Visitor = e.Visitor.IsEmpty ? 0 : Fingerprints.Visitor(hash, e.Visitor.Span);
        ActorKey = Fingerprints.Actor(hash, Visitor, Address, Agent);
        Campaign = Fingerprints.Campaign(hash, e.Campaign.Span);
        Publisher = Fingerprints.Publisher(hash, e.Publisher.Span);
        PairCampaign = Fingerprints.PairCampaign(hash, ActorKey, Campaign);
        PairPublisher = Fingerprints.PairPublisher(hash, ActorKey, Publisher);
    }

    /// <summary>Prefetches the tags of the keys' windows and the look-up slots of ids and standings, a chunk before
    /// their use.</summary>
    public readonly void PrefetchTags(PartitionState partition)
    {
        partition.Ids.Prefetch(Id);
        partition.Clicks.PrefetchTags(Address);
        partition.Clicks.PrefetchTags(Network);
        partition.Clicks.PrefetchTags(ActorKey);
        partition.Pairs.PrefetchTags(PairCampaign);
        partition.Pairs.PrefetchTags(PairPublisher);
        partition.Standings.PrefetchPlace(Network);
        if (Visitor != 0)
        {
            partition.Standings.PrefetchPlace(Visitor);
        }

        partition.Standings.PrefetchPlace(Publisher);
        partition.Standings.PrefetchPlace(Campaign);
    }

    /// <summary>Prefetches the windows and sums themselves, some clicks before their use.</summary>
    public void Prefetch(PartitionState partition)
    {
        (_clickMoves, _pairMoves) = (partition.Clicks.Moves, partition.Pairs.Moves);
        _address = partition.Clicks.Prefetch(Address);
        _network = partition.Clicks.Prefetch(Network);
        _actor = partition.Clicks.Prefetch(ActorKey);
        _pairCampaign = partition.Pairs.Prefetch(PairCampaign);
        _pairPublisher = partition.Pairs.Prefetch(PairPublisher);
        partition.Standings.Prefetch(Network);
        if (Visitor != 0)
        {
            partition.Standings.Prefetch(Visitor);
        }

        partition.Standings.Prefetch(Publisher);
        partition.Standings.Prefetch(Campaign);
    }

    public readonly WindowEntry* TouchAddress(PartitionState partition, long now) =>
        Touch(partition.Clicks, Address, _address, now);

    public readonly WindowEntry* TouchNetwork(PartitionState partition, long now) =>
        Touch(partition.Clicks, Network, _network, now);

    public readonly WindowEntry* TouchActor(PartitionState partition, long now) =>
        Touch(partition.Clicks, ActorKey, _actor, now);

    /// <summary>Prefetches what <see cref="Prefetch"/> leads to, once that has arrived: counts of repeated pairs, and
    /// other partitions' sums of a publisher.</summary>
    public readonly void PrefetchCounts(PartitionState partition)
    {
        partition.Standings.PrefetchTotal(Publisher);
        partition.Pairs.PrefetchCounts(_pairCampaign);
        partition.Pairs.PrefetchCounts(_pairPublisher);
    }

    public readonly PairEntry* TouchPairCampaign(PartitionState partition, long now) =>
        Touch(partition.Pairs, PairCampaign, _pairCampaign, now);

    public readonly PairEntry* TouchPairPublisher(PartitionState partition, long now) =>
        Touch(partition.Pairs, PairPublisher, _pairPublisher, now);

    private readonly WindowEntry* Touch(WindowTable<WindowEntry> table, ulong key, WindowEntry* place, long now) =>
        table.Moves == _clickMoves ? table.Touch(key, now, place) : table.Touch(key, now);

    private readonly PairEntry* Touch(PairTable table, ulong key, PairEntry* place, long now) =>
        table.Moves == _pairMoves ? table.Touch(key, now, place) : table.Touch(key, now);
}
