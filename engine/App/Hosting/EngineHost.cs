using Engine.Partitions.Diagnostics;
using Engine.Partitions.Kafka;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Consume.Followers;
using Engine.Pipeline.Consume.Lanes;
using Engine.Workflows.Module;
using Engine.Workflows.Runtime;

namespace Engine.App.Hosting;

/// <summary>A running engine: its lanes and what they share. <see cref="EngineStartup"/> creates it. Observe it, then
/// call <see cref="Stop"/>; a failure of a lane also ends it.</summary>
public sealed class EngineHost : IDisposable
{
    private readonly List<Lane> _lanes;
    private readonly List<WorkflowLane> _workflows;
    private readonly EngineReaders _readers;
    private readonly LogEndOffsets _ends;

    internal EngineHost(
        EngineContext context,
        RecordedSettings recorded,
        EngineReaders readers,
        IStandings standings,
        IReadOnlyList<byte[]> signingSecrets,
        IReadOnlyList<HostedWorkflow> deciders,
        CompiledSettings compiled,
        IEnumerable<Lane> lanes,
        IEnumerable<WorkflowLane> workflows
    )
    {
        (Context, Recorded) = (context, recorded);
        (Standings, SigningSecrets) = (standings, signingSecrets);
        (Deciders, Compiled) = (deciders, compiled);
        (_readers, _lanes, _workflows) = (readers, [.. lanes], [.. workflows]);
        _ends = new LogEndOffsets(context.Consume.Kafka, context.Redis, context.Keys, context.Clock);
        readers.Kafka.Failed = context.Log.SendFailed;
    }

    public EngineContext Context { get; }

    /// <summary>The group's settings from its first start on.</summary>
    internal RecordedSettings Recorded { get; }

    public SettingsReader Settings => _readers.Settings;

    /// <summary>The standings from clicks in all partitions.</summary>
    public IStandings Standings { get; }

    /// <summary>The group's secrets; the first one signs.</summary>
    public IReadOnlyList<byte[]> SigningSecrets { get; }

    /// <summary>The workflows that this engine decides.</summary>
    public IReadOnlyList<HostedWorkflow> Deciders { get; }

    /// <summary>Their compiled settings, shared by everyone in the process.</summary>
    public CompiledSettings Compiled { get; }

    public IReadOnlyList<LaneStatus> Lanes => [.. _lanes.Select(lane => lane.Status)];

    /// <summary>Whether every lane has joined the group.</summary>
    public bool LanesHaveJoined => _lanes.TrueForAll(lane => lane.HasJoined);

    /// <summary>The exception that ended a lane, or null.</summary>
    public Exception? Failure =>
        _workflows
            .Select(lane => lane.Failure)
            .Concat(_lanes.Select(lane => lane.Failure))
            .FirstOrDefault(failure => failure != null);

    /// <summary>The status of all workflows together.</summary>
    public WorkflowStatus Workflows => WorkflowStatus.Of([.. _workflows.Select(lane => lane.Status)]);

    /// <summary>The counts of all records so far.</summary>
    public PartitionCounts Counts
    {
        get
        {
            var sum = new PartitionCounts();
            foreach (Lane lane in _lanes)
            {
                lane.Counts.AddTo(sum);
            }

            return sum;
        }
    }

    internal void Start()
    {
        foreach (Lane lane in _lanes)
        {
            lane.Start();
        }

        _workflows.ForEach(lane => lane.Start());
    }

    /// <summary>Writes decided results, releases partitions, and stops.</summary>
    public void Stop()
    {
        foreach (Lane lane in _lanes)
        {
            lane.Stop();
        }

        _workflows.ForEach(lane => lane.Stop());
        foreach (Lane lane in _lanes)
        {
            lane.Join();
        }

        _workflows.ForEach(lane => lane.Join());
    }

    /// <summary>Says what is missing until every event is read, decided, written and acknowledged, here and in
    /// partitions of other owners, and no event has arrived for <paramref name="time"/>. Null if nothing is
    /// missing.</summary>
    public string? WaitsFor(TimeSpan time)
    {
        IReadOnlyList<LaneStatus> lanes = Lanes;
        HashSet<string> owned = [.. lanes.SelectMany(lane => lane.Names)];
        // A lane that hasn't joined matters only if there are partitions left for it to own.
        if (owned.Count < _ends.Partitions && lanes.Any(lane => !lane.HasJoined))
        {
            return $"lanes are joining the group: {lanes.Count(lane => lane.HasJoined)} of {lanes.Count} joined";
        }

        WorkflowStatus workflows = Workflows;
        return lanes.Select(lane => lane.Waits).FirstOrDefault(waits => waits != null)
            ?? workflows.Waits
            ?? (
                lanes
                    .Select(lane => lane.BusyAt)
                    .Append(workflows.BusyAt)
                    .Any(busyAt => busyAt != 0 && Context.Clock.GetElapsedTime(busyAt) < time)
                    ? $"events arrived within the last {time.TotalSeconds:0.##} s"
                    : null
            )
            ?? (
                _ends.AreReachedBeyond(owned)
                    ? null
                    : "partitions that other engines own, or none, aren't decided to their ends"
            );
    }

    public void Dispose()
    {
        foreach (Lane lane in _lanes)
        {
            lane.Dispose();
        }

        _workflows.ForEach(lane => lane.Dispose());
        _ends.Dispose();
        _readers.Dispose();
        Context.Redis.Redis.Dispose();
    }
}
