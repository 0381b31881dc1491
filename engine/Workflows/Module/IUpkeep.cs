using Engine.Contracts;
using Engine.Pipeline.Settings;
using StackExchange.Redis;

namespace Engine.Workflows.Module;

/// <summary>
/// What an owner sees to outside any decision, between turns: it may look at Redis and at what the partitions that are
/// owned here remember, and send events of our own; whether something is decided from it, the log says.
/// </summary>
public interface IUpkeep
{
    /// <summary>
    /// Called every turn, on the lane's thread; it keeps its own pace. Redis away is the lane's to tell.
    /// </summary>
    /// <param name="redis">Where results lie.</param>
    /// <param name="owned">The workflow's partitions that are owned here.</param>
    /// <param name="send">Sends an event of our own.</param>
    void Run(IDatabase redis, IReadOnlyList<OwnedMemory> owned, SendEvent send);
}

/// <summary>What a decider remembers of a partition that is owned here.</summary>
/// <param name="Number">The partition's number.</param>
/// <param name="Memory">Its memory; only to be read.</param>
public readonly record struct OwnedMemory(int Number, IDeciderPartition Memory);

/// <summary>Sends an event of our own, which carries absolute values, since it may come twice.</summary>
/// <param name="topic">As the contract names it.</param>
/// <param name="key">The record's key.</param>
/// <param name="json">The event.</param>
/// <param name="id">By which readers know one that comes twice.</param>
public delegate void SendEvent(string topic, string key, string json, string id);

/// <summary>What upkeep may be given.</summary>
/// <param name="Keys">The group's Redis keys.</param>
/// <param name="Timeline">The settings, by log time.</param>
/// <param name="Standings">What the clicks have told of campaigns.</param>
/// <param name="ValueTtl">How long values under keys of their own are kept.</param>
/// <param name="Clock">Paces it; decides nothing.</param>
public sealed record UpkeepServices(
    RedisKeys Keys,
    SettingsTimeline Timeline,
    IStandings Standings,
    TimeSpan ValueTtl,
    TimeProvider Clock
);
