using Engine.Contracts;
using Engine.Pipeline.Settings;
using StackExchange.Redis;

namespace Engine.Workflows.Module;

/// <summary>Work that a lane does outside decisions, between turns. It may read Redis and the memory of the partitions
/// owned here, and send events of our own. Whatever is decided from it goes through the log.</summary>
public interface IUpkeep
{
    /// <summary>Called every turn on the lane's thread; it paces itself. The lane handles Redis outages.</summary>
    /// <param name="redis">The database of the results.</param>
    /// <param name="owned">The workflow's partitions owned here.</param>
    /// <param name="send">Sends an event of our own.</param>
    void Run(IDatabase redis, IReadOnlyList<OwnedMemory> owned, SendEvent send);
}

/// <summary>The memory of a partition that is owned here.</summary>
/// <param name="Number">The partition's number.</param>
/// <param name="Memory">Its memory, read-only.</param>
public readonly record struct OwnedMemory(int Number, IDeciderPartition Memory);

/// <summary>Sends an event of our own, which must carry absolute values, as it may be sent twice.</summary>
/// <param name="topic">The topic's documented name.</param>
/// <param name="key">The record's key.</param>
/// <param name="json">The event.</param>
/// <param name="id">Identifies the event, so readers recognise a second delivery.</param>
public delegate void SendEvent(string topic, string key, string json, string id);

/// <summary>The services available to upkeep.</summary>
/// <param name="Keys">The group's Redis keys.</param>
/// <param name="Timeline">The settings, by log time.</param>
/// <param name="Standings">Click totals of campaigns.</param>
/// <param name="ValueTtl">The time to live of values under their own keys.</param>
/// <param name="Clock">Paces upkeep; affects no decision.</param>
public sealed record UpkeepServices(
    RedisKeys Keys,
    SettingsTimeline Timeline,
    IStandings Standings,
    TimeSpan ValueTtl,
    TimeProvider Clock
);
