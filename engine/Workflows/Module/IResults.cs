namespace Engine.Workflows.Module;

/// <summary>The results of deciding. Values under their own keys are written before the progress that covers them, and
/// writing one again changes nothing. Counts, fields and memory are committed atomically with progress, so their keys
/// must hash to the partition's slot (<c>{bindings-2}</c>). Keys are written as documented; the runtime adds the
/// group's prefix.</summary>
public interface IResults
{
    /// <summary>Sets a value under its own key, which expires as configured in engine.yaml.</summary>
    void Set(string key, string json);

    /// <summary>Adds to a field of a hash in the partition's slot.</summary>
    void Count(string key, string field, long by);

    /// <summary>Sets a field of a hash in the partition's slot; null removes it.</summary>
    /// <param name="value">A JSON object, or a text that doesn't begin like one.</param>
    void Put(string key, string field, string? value);

    /// <summary>Remembers a field beyond this process: it comes back through <see cref="IDeciderPartition.Restore"/>.
    /// Null forgets it.</summary>
    void Remember(string field, string? value);

    /// <summary>Changes a record that grows with its events, and sorted sets in the same slot, in one step.</summary>
    void Replace(RecordChange change);

    /// <summary>Counts that a rule in shadow matched and would have acted (the metric <c>engine.workflows.shadow</c>).
    /// It has no other effect.</summary>
    /// <param name="rule">The rule's name within its topic: <c>pair.repeated</c>, <c>refund-review/tier</c>.</param>
    void Shadowed(string rule);

    /// <summary>Publishes a message on a Redis channel.</summary>
    void Publish(string channel, string json);

    /// <summary>Sends a push message to a recipient, through <c>notifications</c>.</summary>
    void Notify(string recipient, string json);

    /// <summary>Sends an event of our own. It must carry absolute values, as it may be sent twice.</summary>
    void Send(string topic, string key, string json);
}

/// <summary>A change of a record that grows with its events. It applies only if the stored record carries an earlier
/// offset; it then moves members of sorted sets, all in one step. The record's JSON must hold
/// <c>"at":"&lt;topic&gt;-&lt;partition&gt;@&lt;offset&gt;"</c>. Of several changes at one offset the last one
/// counts.</summary>
/// <param name="Key">The record's key; sorted sets and hashes are in its slot.</param>
/// <param name="Json">The record.</param>
/// <param name="Offset">The offset that the record carries.</param>
/// <param name="Members">The changes of sorted sets.</param>
public sealed record RecordChange(string Key, string Json, long Offset, IReadOnlyList<MemberChange> Members)
{
    /// <summary>Whether the record expires as values do.</summary>
    public bool Expires { get; init; } = true;
}

/// <summary>A change of one member of a sorted set.</summary>
/// <param name="Key">The set.</param>
/// <param name="Score">Its new score.</param>
/// <param name="How">Whether to add it, move it only if present, or remove it.</param>
public readonly record struct MemberChange(string Key, string Member, double Score, MemberMove How);

/// <summary>How a member of a sorted set changes: <c>ZADD</c>, <c>ZADD XX</c>, <c>ZREM</c>.</summary>
public enum MemberMove
{
    Add,
    MoveWhereThere,
    Remove,
}
