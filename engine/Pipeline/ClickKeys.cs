using Engine.Pipeline.Decode;
using Engine.Pipeline.Windows;

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

    /// <summary>Asks for the cache lines of the windows, some clicks ahead of their use.</summary>
    public readonly void Prefetch(WindowTable windows)
    {
        windows.Prefetch(Address);
        windows.Prefetch(Network);
        windows.Prefetch(Who);
        windows.Prefetch(PairCampaign);
        windows.Prefetch(PairPublisher);
    }
}
