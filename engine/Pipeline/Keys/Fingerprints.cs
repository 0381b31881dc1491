using Engine.Primitives;

namespace Engine.Pipeline.Keys;

/// <summary>Fingerprints of a click's keys, distinct by kind, in one place so that all look-ups agree.</summary>
public static class Fingerprints
{
    private const ulong VisitorSalt = 1,
        CampaignSalt = 2,
        PublisherSalt = 3,
        ClickSalt = 4,
        AddressSalt = 5,
        NetworkSalt = 6,
        AgentSalt = 7,
        PlacementSalt = 8,
        PairCampaignSalt = 9,
        PairPublisherSalt = 10,
        ActorSalt = 11,
        HourSalt = 12;

    public static ulong Visitor(KeyedHash hash, ReadOnlySpan<byte> id) => hash.Of(id, VisitorSalt);

    public static ulong Campaign(KeyedHash hash, ReadOnlySpan<byte> id) => hash.Of(id, CampaignSalt);

    public static ulong Publisher(KeyedHash hash, ReadOnlySpan<byte> id) => hash.Of(id, PublisherSalt);

    public static ulong Placement(KeyedHash hash, ReadOnlySpan<byte> id) => hash.Of(id, PlacementSalt);

    public static ulong Click(KeyedHash hash, ReadOnlySpan<byte> id) => hash.Of(id, ClickSalt);

    public static ulong Agent(KeyedHash hash, ReadOnlySpan<byte> agent) => hash.Of(agent, AgentSalt);

    /// <summary>An address. Of IPv6 a /64 counts as one: a single host may use all of it.</summary>
    public static ulong Address(KeyedHash hash, Contracts.IpAddress address) =>
        address.IsV4
            ? hash.Of(0, (ulong)address.Bits, AddressSalt)
            : hash.Of((ulong)(address.Bits >> 64), 0, AddressSalt + 0x100);

    public static ulong Network(KeyedHash hash, Contracts.IpAddress network) =>
        hash.Of((ulong)(network.Bits >> 64), (ulong)network.Bits, network.IsV4 ? NetworkSalt : NetworkSalt + 0x100);

    /// <summary>The actor: the visitor if there is one, otherwise address and user agent together.</summary>
    public static ulong Actor(KeyedHash hash, ulong visitor, ulong address, ulong agent) =>
        visitor != 0 ? visitor : hash.Of(address, agent, ActorSalt);

    public static ulong PairCampaign(KeyedHash hash, ulong actor, ulong campaign) =>
        hash.Of(actor, campaign, PairCampaignSalt);

    public static ulong PairPublisher(KeyedHash hash, ulong actor, ulong publisher) =>
        hash.Of(actor, publisher, PairPublisherSalt);

    public static ulong InHour(KeyedHash hash, ulong key, long hour) => hash.Of(key, (ulong)hour, HourSalt);
}
