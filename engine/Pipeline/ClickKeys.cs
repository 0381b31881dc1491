using Engine.Pipeline.Decode;

namespace Engine.Pipeline;

/// <summary>The fingerprints of a click's keys, made once, when it is decoded.</summary>
public struct ClickKeys
{
    public ulong Id, Address, Network, Visitor, Who, Campaign, Publisher, Agent, PairCampaign, PairPublisher;

    public void Fill(KeyedHash hash, in InteractionEvent e)
    {
        Id = Fingerprints.Click(hash, e.Id.Span);
        Address = Fingerprints.Address(hash, e.Address);
        Network = Fingerprints.Network(hash, e.Address.Network);
        Agent = Fingerprints.Agent(hash, e.Ua.Span);
        Visitor = e.Visitor.IsEmpty ? 0 : Fingerprints.Visitor(hash, e.Visitor.Span);
        Who = Fingerprints.Who(hash, Visitor, Address, Agent);
        Campaign = Fingerprints.Campaign(hash, e.Campaign.Span);
        Publisher = Fingerprints.Publisher(hash, e.Publisher.Span);
        PairCampaign = Fingerprints.PairCampaign(hash, Who, Campaign);
        PairPublisher = Fingerprints.PairPublisher(hash, Who, Publisher);
    }

    /// <summary>Asks for the tags of the keys' windows, a chunk ahead of their use.</summary>
    public readonly void PrefetchTags(PartitionState partition)
    {
        partition.Clicks.PrefetchTags(Address);
        partition.Clicks.PrefetchTags(Network);
        partition.Clicks.PrefetchTags(Who);
        partition.Pairs.PrefetchTags(PairCampaign);
        partition.Pairs.PrefetchTags(PairPublisher);
    }

    /// <summary>Asks for the windows themselves, some clicks ahead of their use.</summary>
    public readonly void Prefetch(PartitionState partition)
    {
        partition.Clicks.Prefetch(Address);
        partition.Clicks.Prefetch(Network);
        partition.Clicks.Prefetch(Who);
        partition.Pairs.Prefetch(PairCampaign);
        partition.Pairs.Prefetch(PairPublisher);
    }
}
