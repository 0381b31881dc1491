using Engine.Contracts;
using Engine.Partitions;
using Engine.Workflows.Module;

namespace Engine.Workflows.Runtime;

/// <summary>The merged results of one turn's records: the last value of each key, and one sum per counted field. Call
/// <see cref="Begin"/> before each record.</summary>
/// <param name="stateKey">The key of the partition's memory.</param>
/// <param name="prefix">The prefix of the group's keys and channels.</param>
/// <param name="counts">Counts matches of rules in shadow.</param>
internal sealed class PendingCommit(string stateKey, string prefix, WorkflowCounts counts) : IResults
{
    private readonly Dictionary<string, Dictionary<string, FieldChange>> _hashes = [];
    private long _offset;
    private int _outs;

    /// <summary>Values under their own keys.</summary>
    public Dictionary<string, string> Values { get; } = [];

    /// <summary>Records that grow, each with all moves in its sorted sets.</summary>
    public Dictionary<string, GrownRecord> Records { get; } = [];

    public List<(string Channel, string Json)> Published { get; } = [];

    /// <summary>Messages to Kafka, each identified so that readers recognise a second delivery.</summary>
    public List<Outgoing> Out { get; } = [];

    public void Begin(long offset) => (_offset, _outs) = (offset, 0);

    /// <summary>The number of the record's next message to Kafka, for one that isn't a result.</summary>
    public int NextNumber() => _outs++;

    public void Clear()
    {
        Values.Clear();
        Records.Clear();
        Published.Clear();
        Out.Clear();
        _hashes.Clear();
    }

    /// <summary>The changes of hashes in the partition's slot. Every hash except the memory renews its
    /// expiry.</summary>
    public DatabaseCommit ToCommit()
    {
        var commit = new DatabaseCommit();
        foreach ((string key, Dictionary<string, FieldChange> fields) in _hashes)
        {
            ILookup<char, KeyValuePair<string, FieldChange>> changes = fields.ToLookup(field => field.Value.How);
            commit.Hash(
                key,
                [.. changes[FieldChange.Delete].Select(field => field.Key)],
                [.. changes[FieldChange.Increment].Select(field => KeyValuePair.Create(field.Key, field.Value.By))],
                [.. changes[FieldChange.Assign].Select(field => KeyValuePair.Create(field.Key, field.Value.Value))],
                renew: key != stateKey
            );
        }
        return commit;
    }

    public void Set(string key, string json) => Values[prefix + key] = json;

    public void Count(string key, string field, long by)
    {
        Dictionary<string, FieldChange> hash = HashOf(prefix + key);
        hash[field] = new FieldChange(
            FieldChange.Increment,
            hash.TryGetValue(field, out FieldChange before) ? before.By + by : by,
            ""
        );
    }

    public void Put(string key, string field, string? value) => HashOf(prefix + key)[field] = FieldChange.Of(value);

    public void Remember(string field, string? value) => HashOf(stateKey)[field] = FieldChange.Of(value);

    public void Replace(RecordChange change)
    {
        if (!Records.TryGetValue(prefix + change.Key, out GrownRecord? record))
        {
            Records[prefix + change.Key] = record = new GrownRecord();
        }

        (record.Json, record.Offset, record.Expires) = (change.Json, change.Offset, change.Expires);
        foreach (MemberChange member in change.Members)
        {
            record.Members.Add((change.Offset, member with { Key = prefix + member.Key }));
        }
    }

    public void Shadowed(string rule) => counts.CountShadow(rule, 1);

    public void Publish(string channel, string json) => Published.Add((prefix + channel, json));

    public void Notify(string recipient, string json) =>
        Out.Add(new Outgoing(Topics.Notifications, Own: true, recipient, json, _offset, NextNumber()));

    public void Send(string topic, string key, string json) =>
        Out.Add(new Outgoing(topic, Own: false, key, json, _offset, NextNumber()));

    private Dictionary<string, FieldChange> HashOf(string key)
    {
        if (!_hashes.TryGetValue(key, out Dictionary<string, FieldChange>? hash))
        {
            _hashes[key] = hash = [];
        }

        return hash;
    }
}

/// <summary>How a field of a hash changes.</summary>
internal readonly record struct FieldChange(char How, long By, string Value)
{
    public const char Increment = 'I',
        Assign = 'S',
        Delete = 'D';

    public static FieldChange Of(string? value) =>
        value == null ? new FieldChange(Delete, 0, "") : new FieldChange(Assign, 0, value);
}

/// <summary>A record that grows with its events, as of the turn's last event, and the moves in its sorted sets with
/// their offsets.</summary>
internal sealed class GrownRecord
{
    public string Json = "";
    public long Offset;
    public bool Expires;
    public List<(long Offset, MemberChange Member)> Members { get; } = [];
}

/// <summary>A message to Kafka.</summary>
/// <param name="Own">Whether the topic's name gets the group's prefix.</param>
/// <param name="Offset">The offset of the record that caused it.</param>
/// <param name="Number">Its number among that record's messages.</param>
internal readonly record struct Outgoing(string Topic, bool Own, string Key, string Json, long Offset, int Number);
