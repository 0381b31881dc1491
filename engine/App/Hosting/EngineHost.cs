using Engine.Partitions.Diagnostics;
using Engine.Partitions.Kafka;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Consume.Followers;
using Engine.Pipeline.Consume.Lanes;
using Engine.Workflows.Module;
using Engine.Workflows.Runtime;

namespace Engine.App.Hosting;

/// <summary>
/// One engine that runs: its lanes and what they share. <see cref="EngineStartup"/> makes it; look, then
/// <see cref="Stop"/>; or it ends by a failure.
/// </summary>
public sealed class EngineHost : IDisposable
{
    private readonly List<Lane> _lanes;
    private readonly List<WorkflowLane> _workflows;
    private readonly EngineReaders _readers;
    private readonly LogEndOffsets _ends;

    internal EngineHost(
        EngineContext context,
        EngineReaders readers,
        IStandings standings,
        IReadOnlyList<byte[]> signingSecrets,
        IReadOnlyList<HostedWorkflow> deciders,
        CompiledSettings compiled,
        IEnumerable<Lane> lanes,
        IEnumerable<WorkflowLane> workflows
    )
    {
        (Context, Standings, SigningSecrets) = (context, standings, signingSecrets);
        (Deciders, Compiled) = (deciders, compiled);
        (_readers, _lanes, _workflows) = (readers, [.. lanes], [.. workflows]);
        _ends = new LogEndOffsets(context.Consume.Kafka, context.Redis, context.Keys, context.Clock);
        readers.Kafka.Failed = context.Log.SendFailed;
    }

    public EngineContext Context { get; }

    public SettingsReader Settings => _readers.Settings;

    /// <summary>What clicks have told, over all partitions.</summary>
    public IStandings Standings { get; }

    /// <summary>The group's secrets, the first of which signs.</summary>
    public IReadOnlyList<byte[]> SigningSecrets { get; }

    /// <summary>The workflows that are decided here.</summary>
    public IReadOnlyList<HostedWorkflow> Deciders { get; }

    /// <summary>What they make of the settings, once a version for all that ask.</summary>
    public CompiledSettings Compiled { get; }

    public IReadOnlyList<LaneStatus> Lanes => [.. _lanes.Select(lane => lane.Status)];

    /// <summary>Whether Kafka has answered to each lane.</summary>
    public bool LanesHaveJoined => _lanes.TrueForAll(lane => lane.HasJoined);

    /// <summary>What ended a lane, or null.</summary>
    public Exception? Failure =>
        _workflows
            .Select(lane => lane.Failure)
            .Concat(_lanes.Select(lane => lane.Failure))
            .FirstOrDefault(failure => failure != null);

    /// <summary>Where the workflows stand together.</summary>
    public WorkflowStatus Workflows => WorkflowStatus.Of([.. _workflows.Select(lane => lane.Status)]);

    /// <summary>What became of all records so far.</summary>
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

    /// <summary>Writes what is decided, gives partitions back, and ends.</summary>
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

    /// <summary>
    /// What is missing until everything is read, decided, written and acknowledged, here and in partitions that others
    /// own, and no event came for so long; null where nothing is.
    /// </summary>
    public string? WaitsFor(TimeSpan time)
    {
        IReadOnlyList<LaneStatus> lanes = Lanes;
        HashSet<string> owned = [.. lanes.SelectMany(lane => lane.Names)];
        // A lane that Kafka keeps waiting is only waited for where there is something left for it to own.
        if (owned.Count < _ends.Partitions && lanes.Any(lane => !lane.HasJoined))
        {
            return $"lanes join the group: {lanes.Count(lane => lane.HasJoined)} of {lanes.Count} have";
        }

        WorkflowStatus workflows = Workflows;
        return lanes.Select(lane => lane.Waits).FirstOrDefault(waits => waits != null)
            ?? workflows.Waits
            ?? (
                lanes
                    .Select(lane => lane.BusyAt)
                    .Append(workflows.BusyAt)
                    .Any(busyAt => busyAt != 0 && Context.Clock.GetElapsedTime(busyAt) < time)
                    ? $"events came within the last {time.TotalSeconds:0.##} s"
                    : null
            )
            ?? (
                _ends.AreReachedBeyond(owned)
                    ? null
                    : "partitions that others own, or nobody, aren't decided to their ends"
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
