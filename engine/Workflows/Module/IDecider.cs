using Engine.Contracts.Settings;

namespace Engine.Workflows.Module;

/// <summary>The decision logic of one workflow: the results of a partition's events. Its <see cref="IWorkflow"/> names
/// the topic, the events and the settings. <c>Runtime</c> provides consuming, exactly-once delivery, dead letters,
/// deduplication, timers and settings. A decider knows no clock, no Kafka and no Redis: its decisions depend only on
/// the log, the settings and what it remembers.</summary>
public interface IDecider
{
    /// <summary>How far before progress a takeover rereads the log, to rebuild windows
    /// (<see cref="IDeciderPartition.Recall"/>). The runtime adds the deduplication window of an hour and the 5 minutes
    /// by which times may be off.</summary>
    TimeSpan LongestWindow { get; }

    /// <summary>Whether decisions use <see cref="Moment.Standings"/>. If so, the runtime marks in the log what was
    /// known at each of them.</summary>
    bool UsesStandings => false;

    /// <summary>The topic of the workflow whose memory decisions use (<see cref="IDeciderPartition.Learn"/>); null for
    /// none. The topic is read from its beginning, so it should be kept without limit. As with standings, the runtime
    /// marks what was known at each decision.</summary>
    string? Follows => null;

    /// <summary>Compiles the decider's settings. Called when one of its own records has changed; the result is
    /// immutable and comes back in every <see cref="Moment"/>.</summary>
    object Compile(SettingRecords records);

    /// <summary>Creates the empty memory of one partition. The runtime fills it
    /// (<see cref="IDeciderPartition.Restore"/>) before the first event.</summary>
    /// <param name="partition">Its name: <c>bindings-2</c>.</param>
    IDeciderPartition Open(string partition);
}

/// <summary>The memory of one partition, and its decisions. The runtime calls, on one thread: <see cref="Restore"/> for
/// each remembered field, <see cref="Recall"/> for each event before progress, then for each record
/// <see cref="Elapse"/> while something is due, and <see cref="Decide"/>.</summary>
public interface IDeciderPartition
{
    /// <summary>Restores one field that <see cref="IResults.Remember"/> wrote, as of progress.</summary>
    void Restore(string field, string value);

    /// <summary>Reads an event that passed its schema check. Returns null after <see cref="EventReader.Fail"/>, which
    /// makes the record a dead letter.</summary>
    WorkflowEvent? Read(EventReader reader);

    /// <summary>Returns why the partition can't use an event that it has read, which makes the record a dead letter; or
    /// null. For what only the partition's memory tells: HTTP, which has none, has accepted the event.</summary>
    Refusal? Refuse(WorkflowEvent e) => null;

    /// <summary>Rebuilds windows from an event before progress. Nothing else changes.</summary>
    void Recall(WorkflowEvent e, in Moment at);

    /// <summary>Learns what a partition of the workflow that the decider follows remembers from now on
    /// (<see cref="IResults.Remember"/>).</summary>
    /// <param name="value">The field's value; null if it was forgotten.</param>
    void Learn(string field, string? value) { }

    /// <summary>Decides an event that isn't a duplicate.</summary>
    void Decide(WorkflowEvent e, in Moment at, IResults results);

    /// <summary>Called when log time reaches a new version of the settings, before anything is decided with that
    /// version. Most deciders use the version of the current event and need not do anything.</summary>
    void SettingsChanged(in Moment at, IResults results) { }

    /// <summary>Whether a change of settings affects earlier decisions, so that log time must move past the change even
    /// if no event comes.</summary>
    bool FollowsSettings => false;

    /// <summary>The log time in ms past which the next timer falls due; <see cref="long.MaxValue"/> for none.</summary>
    long Due { get; }

    /// <summary>How many results are due by a time of the clock, ms, that log time hasn't reached: the metric
    /// <c>engine.&lt;topic&gt;.due_unsent</c>. Null for deciders that promise no time.</summary>
    long? DueUnsent(long now) => null;

    /// <summary>Handles what is due. Called while log time is past <see cref="Due"/>, with <see cref="Moment.LogTime"/>
    /// at the due time, so the results don't depend on when the log moved on.</summary>
    void Elapse(in Moment at, IResults results);
}

/// <summary>The time and place of a decision, and the settings in force.</summary>
/// <param name="LogTime">The partition's log time, ms since the epoch.</param>
/// <param name="Offset">The record's offset; in <see cref="IDeciderPartition.Elapse"/>, of the record that moved log
/// time on.</param>
/// <param name="Settings">The result of <see cref="IDecider.Compile"/> for the version in force.</param>
/// <param name="Version"><c>s-118</c>, or <c>s-base</c>.</param>
/// <param name="Standings">The standings of networks as the partition knows them: see
/// <see cref="IDecider.UsesStandings"/>.</param>
public readonly record struct Moment(long LogTime, long Offset, object Settings, string Version, IStandings Standings);

/// <summary>A decider's own records in one version of <c>settings</c>.</summary>
/// <param name="All">The result of <see cref="ISettingKind.Parse"/> for each record, by kind, in the order of
/// ids.</param>
public sealed record SettingRecords(ILookup<string, KeyValuePair<string, object>> All)
{
    /// <summary>The records of a kind, by id.</summary>
    public IEnumerable<KeyValuePair<string, T>> Of<T>(string kind) =>
        All[kind].Select(record => KeyValuePair.Create(record.Key, (T)record.Value));
}
