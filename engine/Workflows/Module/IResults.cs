namespace Engine.Workflows.Module;

/// <summary>
/// What deciding results in. Values under keys of their own are written before the progress that covers them, and
/// writing one again changes nothing; counts, fields and memory move in one atomic step with progress, so their keys
/// lie in the partition's slot (<c>{bindings-2}</c>). Keys are as the contract names them; the runtime puts the group's
/// prefix before them.
/// </summary>
public interface IResults
{
    /// <summary>A value under a key of its own, which expires as engine.yaml says.</summary>
    void Set(string key, string json);

    /// <summary>Adds to a field of a hash in the partition's slot.</summary>
    void Count(string key, string field, long by);

    /// <summary>Sets a field of a hash in the partition's slot; null removes it.</summary>
    void Put(string key, string field, string? json);

    /// <summary>
    /// What must outlast this process: comes back through <see cref="IDeciderPartition.Restore"/>; null forgets it.
    /// </summary>
    void Remember(string field, string? value);

    /// <summary>A record that grows with its events, and sorted sets beside it in its slot, in one step.</summary>
    void Replace(RecordChange change);

    /// <summary>
    /// A rule in shadow holds here, and would have acted: it is counted (the metric <c>engine.workflows.shadow</c>),
    /// and nothing else comes of it.
    /// </summary>
    /// <param name="rule">What it is known by in its topic: <c>pair.repeated</c>, <c>refund-review/tier</c>.</param>
    void Shadowed(string rule);

    /// <summary>Says something on a channel of Redis.</summary>
    void Publish(string channel, string json);

    /// <summary>A push to somebody, through <c>notifications</c>.</summary>
    void Notify(string recipient, string json);

    /// <summary>An event of our own. It carries absolute values: it may come twice.</summary>
    void Send(string topic, string key, string json);
}

/// <summary>
/// A change of a record that grows with its events. It replaces the record only where that carries an earlier offset,
/// and then moves the members of sorted sets, all in one step. The record's JSON must hold
/// <c>"at":"&lt;topic&gt;-&lt;partition&gt;@&lt;offset&gt;"</c>; of one offset the last change counts.
/// </summary>
/// <param name="Key">The record's key; sorted sets and hashes lie in its slot.</param>
/// <param name="Json">The record.</param>
/// <param name="Offset">The offset that it carries.</param>
/// <param name="Members">What moves in sorted sets.</param>
public sealed record RecordChange(string Key, string Json, long Offset, IReadOnlyList<MemberChange> Members);

/// <summary>A member of a sorted set.</summary>
/// <param name="Key">The set.</param>
/// <param name="Score">Its new score.</param>
/// <param name="How">Whether it is added, moved only where it is there, or removed.</param>
public readonly record struct MemberChange(string Key, string Member, double Score, MemberMove How);

/// <summary>How a member of a sorted set changes: <c>ZADD</c>, <c>ZADD XX</c>, <c>ZREM</c>.</summary>
public enum MemberMove
{
    Add,
    MoveWhereThere,
    Remove,
}
