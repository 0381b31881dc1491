using System.Text;
using Engine.Contracts.Settings;
using Engine.Pipeline.Settings;
using Engine.Primitives;
using Engine.Workflows.Module;
using Engine.Workflows.Runtime;
using Xunit;

namespace Workflows.Tests;

/// <summary>
/// One partition of one workflow in memory: events in, results out, in the order in which they came. It can be cut
/// anywhere and taken over (<see cref="TakeOver"/>): what is remembered comes back, and the log since
/// <c>LongestWindow</c> is read again.
/// </summary>
public sealed class DeciderRun : IResults, IDisposable
{
    /// <summary>2026-11-22T09:00:00Z, where logs of tests begin.</summary>
    public const long Start = 1_795_338_000_000;

    private readonly IStandings _standings;
    private readonly HostedWorkflow _workflow;
    private readonly SettingsBuilder _book;
    private readonly KeyedHash _hash = new(1, 2);
    private readonly SettingsTimeline _timeline;
    private readonly CompiledSettings _compiled = new();
    private readonly List<WorkflowRecord> _log = [];
    private readonly List<(string Field, string? Value)> _learnt = [];
    private PartitionRun _run;
    private int _version;

    /// <param name="settings">The base: key and JSON of each record.</param>
    public DeciderRun(IWorkflow module, IDecider decider, params (string Key, string Json)[] settings)
        : this(module, decider, new StandingsView(0), settings) { }

    /// <param name="standings">What the partition knows of others.</param>
    public DeciderRun(
        IWorkflow module,
        IDecider decider,
        IStandings standings,
        params (string Key, string Json)[] settings
    )
    {
        _standings = standings;
        _workflow = new HostedWorkflow(module, decider);
        _book = new SettingsBuilder(new SettingFiles(), module.SettingKinds);
        foreach ((string key, string json) in settings)
        {
            _book.Apply(key, json);
        }

        _timeline = new SettingsTimeline(_book.Build("s-base", _hash), Activation.Delay);
        _run = Open(0, 0);
    }

    public long? DueUnsent(long now) => _run.DueUnsent(now);

    private PartitionRun Open(long liveFromOffset, long logTime) =>
        new(_workflow, 0, _timeline, _compiled, _hash, liveFromOffset, logTime) { Standings = _standings };

    /// <summary>Log time of the next record, ms.</summary>
    public long Now { get; set; } = Start;

    public WorkflowCounts Counts => _run.Counts;
    public long Due => _run.Due;

    public void Dispose() => _run.Dispose();

    /// <summary>Values by key, as <c>SET</c> leaves them.</summary>
    public Dictionary<string, string> Values { get; } = [];

    /// <summary>Hashes in the partition's slot.</summary>
    public Dictionary<string, Dictionary<string, string>> Hashes { get; } = [];

    /// <summary>What the decider remembers beyond this process.</summary>
    public Dictionary<string, string> Remembered { get; } = [];

    /// <summary>Sorted sets.</summary>
    public Dictionary<string, Dictionary<string, double>> Sets { get; } = [];

    public List<(string Channel, string Json)> Published { get; } = [];
    public List<(string Recipient, string Json)> Notified { get; } = [];
    public List<(string Topic, string Key, string Json)> Sent { get; } = [];
    public List<Refusal> DeadLetters { get; } = [];

    /// <summary>How often rules in shadow would have acted.</summary>
    public Dictionary<string, int> Shadow { get; } = [];

    /// <summary>
    /// Changes a setting at the present log time; in force two seconds of log time later. A null value deletes.
    /// </summary>
    public DeciderRun Setting(string key, string? json)
    {
        _book.Apply(key, json);
        _timeline.Append(_book.Build($"s-{++_version}", _hash), Now);
        return this;
    }

    /// <summary>The next record, at the present log time.</summary>
    /// <param name="json">The event.</param>
    /// <param name="key">Its record's key.</param>
    public DeciderRun Send(string json, string key = "", params (string Name, string Value)[] headers) =>
        Send(Encoding.UTF8.GetBytes(json), key, headers);

    /// <summary>The next record, its value as its headers say.</summary>
    public DeciderRun Send(byte[] value, string key = "", params (string Name, string Value)[] headers)
    {
        var record = new WorkflowRecord(_log.Count, Now, Encoding.UTF8.GetBytes(key), value, name =>
            headers.FirstOrDefault(header => header.Name == name).Value
        );
        _log.Add(record);
        if (_run.Take(record, this) is { } refusal)
        {
            DeadLetters.Add(refusal);
        }

        return this;
    }

    /// <summary>What a partition of the followed workflow remembers from now on.</summary>
    public DeciderRun Learn(string field, string? value)
    {
        _learnt.Add((field, value));
        _run.Memory.Learn(field, value);
        return this;
    }

    /// <summary>Lets log time pass, by a tick as the owner would send it.</summary>
    public DeciderRun Pass(TimeSpan time)
    {
        Now += (long)time.TotalMilliseconds;
        return Send("""{"type":"tick"}""");
    }

    /// <summary>Another process takes the partition over: nothing is left but what is remembered and the log.</summary>
    public DeciderRun TakeOver()
    {
        long logTime = _run.LogTime;
        _run.Dispose();
        _run = Open(_log.Count, logTime);
        foreach ((string field, string? value) in _learnt)
        {
            _run.Memory.Learn(field, value);
        }

        foreach ((string field, string value) in Remembered.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            _run.Restore(field, value);
        }

        TimeSpan again = _workflow.Decider.LongestWindow + TimeSpan.FromMinutes(10) + TimeSpan.FromHours(1);
        long from = logTime - (long)again.TotalMilliseconds;
        foreach (WorkflowRecord record in _log.SkipWhile(record => record.Timestamp < from))
        {
            _run.Take(record, new Nothing());
        }

        return this;
    }

    void IResults.Set(string key, string json) => Values[key] = json;

    void IResults.Count(string key, string field, long by)
    {
        Dictionary<string, string> hash = HashOf(key);
        hash[field] = (long.Parse(hash.GetValueOrDefault(field, "0")) + by).ToString();
    }

    void IResults.Put(string key, string field, string? value)
    {
        if (value == null)
        {
            HashOf(key).Remove(field);
        }
        else
        {
            HashOf(key)[field] = value;
        }
    }

    void IResults.Remember(string field, string? value)
    {
        if (value == null)
        {
            Remembered.Remove(field);
        }
        else
        {
            Remembered[field] = value;
        }
    }

    void IResults.Replace(RecordChange change)
    {
        Values[change.Key] = change.Json;
        foreach (MemberChange member in change.Members)
        {
            if (!Sets.TryGetValue(member.Key, out Dictionary<string, double>? set))
            {
                Sets[member.Key] = set = [];
            }

            if (member.How == MemberMove.Remove)
            {
                set.Remove(member.Member);
            }
            else if (member.How == MemberMove.Add || set.ContainsKey(member.Member))
            {
                set[member.Member] = member.Score;
            }
        }
    }

    void IResults.Shadowed(string rule) => Shadow[rule] = Shadow.GetValueOrDefault(rule) + 1;

    void IResults.Publish(string channel, string json) => Published.Add((channel, json));

    void IResults.Notify(string recipient, string json) => Notified.Add((recipient, json));

    void IResults.Send(string topic, string key, string json) => Sent.Add((topic, key, json));

    private Dictionary<string, string> HashOf(string key)
    {
        Assert.Contains("{" + _workflow.Topic + "-0}", key);
        if (!Hashes.TryGetValue(key, out Dictionary<string, string>? hash))
        {
            Hashes[key] = hash = [];
        }

        return hash;
    }

    /// <summary>What is read again must result in nothing.</summary>
    private sealed class Nothing : IResults
    {
        void IResults.Set(string key, string json) => Assert.Fail($"SET {key}");

        void IResults.Count(string key, string field, long by) => Assert.Fail($"HINCRBY {key}");

        void IResults.Put(string key, string field, string? value) => Assert.Fail($"HSET {key}");

        void IResults.Remember(string field, string? value) => Assert.Fail($"remember {field}");

        void IResults.Replace(RecordChange change) => Assert.Fail($"replace {change.Key}");

        void IResults.Shadowed(string rule) => Assert.Fail($"count {rule} in shadow");

        void IResults.Publish(string channel, string json) => Assert.Fail($"PUBLISH {channel}");

        void IResults.Notify(string recipient, string json) => Assert.Fail($"notify {recipient}");

        void IResults.Send(string topic, string key, string json) => Assert.Fail($"send to {topic}");
    }
}
