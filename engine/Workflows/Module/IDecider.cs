using Engine.Contracts.Settings;

namespace Engine.Workflows.Module;

/// <summary>
/// The decisions of one workflow: what it makes of a partition's events. Its <see cref="IWorkflow"/> says which topic
/// it reads and which settings it goes by. <c>Runtime</c> gives it consuming, exactly-once delivery, dead letters,
/// duplicates, timers and settings. A decider knows no clock, no Kafka and no Redis: what it decides depends on the
/// log, the settings and what it remembers.
/// </summary>
public interface IDecider
{
    /// <summary>
    /// How far back of progress the log is read again on a takeover, for what is counted in windows
    /// (<see cref="IDeciderPartition.Recall"/>). The hour of ids and the 5 minutes that times may be off are added by
    /// the runtime.
    /// </summary>
    TimeSpan LongestWindow { get; }

    /// <summary>
    /// What a version of the settings means for it; made once a version, immutable, handed back in every
    /// <see cref="Moment"/>.
    /// </summary>
    object Compile(SettingRecords records);

    /// <summary>
    /// The memory of one partition, empty; the runtime fills it (<see cref="IDeciderPartition.Restore"/>) before the
    /// first event.
    /// </summary>
    /// <param name="partition">Its name: <c>bindings-2</c>.</param>
    IDeciderPartition Open(string partition);
}

/// <summary>
/// What a decider remembers of one partition, and its decisions. The runtime calls, on one thread:
/// <see cref="Restore"/> for each thing remembered, <see cref="Recall"/> for each event that is read again, then for
/// each record <see cref="Elapse"/> while something is due, and
/// <see cref="Decide"/>.
/// </summary>
public interface IDeciderPartition
{
    /// <summary>One thing that <see cref="IResults.Remember"/> wrote, as of progress.</summary>
    void Restore(string field, string value);

    /// <summary>
    /// Reads an event that its schema takes; null where the reader was failed (<see cref="EventReader.Fail"/>), which
    /// makes it a dead letter.
    /// </summary>
    WorkflowEvent? Read(EventReader reader);

    /// <summary>
    /// An event before progress: what is counted in windows is counted again, and nothing else changes.
    /// </summary>
    void Recall(WorkflowEvent e, in Moment at);

    /// <summary>Decides an event that is no duplicate.</summary>
    void Decide(WorkflowEvent e, in Moment at, IResults results);

    /// <summary>
    /// Called where log time passes the moment from which a new version of the settings is in force, before anything
    /// else is decided by it. Most deciders go by the version of the event in hand and have nothing to do.
    /// </summary>
    void SettingsChanged(in Moment at, IResults results) { }

    /// <summary>
    /// Whether a change of settings changes what is decided already, so that log time must move past it even if no
    /// event comes.
    /// </summary>
    bool FollowsSettings => false;

    /// <summary>
    /// The log time, ms, past which something that waits falls due; <see cref="long.MaxValue"/> for none.
    /// </summary>
    long Due { get; }

    /// <summary>
    /// Does what is due: called while log time has moved past <see cref="Due"/>, with <see cref="Moment.LogTime"/> at
    /// the due time, so that what follows doesn't depend on when the log moved on.
    /// </summary>
    void Elapse(in Moment at, IResults results);
}

/// <summary>When and where something is decided.</summary>
/// <param name="LogTime">The partition's log time, ms since the epoch.</param>
/// <param name="Offset">The record's offset; of <see cref="IDeciderPartition.Elapse"/>, of the record that moved log
/// time on.</param>
/// <param name="Settings">What <see cref="IDecider.Compile"/> made of the version in force.</param>
/// <param name="Version"><c>s-118</c>, or <c>s-base</c>.</param>
public readonly record struct Moment(long LogTime, long Offset, object Settings, string Version);

/// <summary>The records of one version of <c>settings</c> that are a decider's own.</summary>
/// <param name="Version"><c>s-118</c>, or <c>s-base</c>.</param>
/// <param name="All">What <see cref="ISettingKind.Parse"/> made of each, by kind and id.</param>
public sealed record SettingRecords(string Version, ILookup<string, KeyValuePair<string, object>> All)
{
    /// <summary>The records of a kind, by id.</summary>
    public IEnumerable<KeyValuePair<string, T>> Of<T>(string kind) =>
        All[kind].Select(record => KeyValuePair.Create(record.Key, (T)record.Value));
}
