using StackExchange.Redis;

namespace Engine.Workflows.Runtime;

/// <summary>
/// What an owner sees to outside any decision, between turns: it may look at Redis and at what the partitions that are
/// owned here remember, and send events of our own; whether something is decided from it, the log says.
/// </summary>
public interface IUpkeep
{
    /// <summary>
    /// Called every turn, on the lane's thread; it keeps its own pace. Redis away is the lane's to tell.
    /// </summary>
    /// <param name="owned">The partitions of all deciders that are owned here.</param>
    /// <param name="send">Topic, key, JSON, and the id by which readers know an event that comes twice.</param>
    void Run(IDatabase redis, IReadOnlyList<PartitionRun> owned, Action<string, string, string, string> send);
}
