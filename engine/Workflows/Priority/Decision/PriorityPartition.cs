using System.Globalization;
using System.Text.Json;
using Engine.Contracts;
using Engine.Workflows.Module;
using Engine.Workflows.Priority.Events;
using Engine.Workflows.Priority.Settings;

namespace Engine.Workflows.Priority.Decision;

/// <summary>The instances of one partition of <c>processes</c>. Each lives from its start to its end, and its name is
/// kept for another day, so a repeated start doesn't open it again. Timers fire by due time, then process and name, so
/// the order of results depends only on the log.</summary>
public sealed class PriorityPartition(string partition) : IDeciderPartition
{
    /// <summary>How long the name of a finished instance is kept, ms of log time.</summary>
    public const long FinishedMs = 86_400_000;

    /// <summary>The memory of a finished instance: <c>finished 1795338000000</c>, with the log time of its
    /// end.</summary>
    private const string FinishedMark = "finished ";

    // The keys are process and name separated by a space, which neither can contain; so are the memory's fields.
    private readonly Dictionary<string, ProcessInstance> _live = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _finished = new(StringComparer.Ordinal);
    private readonly DueTimes _timers = new();
    private readonly FairTurns _turns = new();
    private ProcessDefinitions? _definitions;

    /// <summary>The instances that wait for a worker.</summary>
    public IEnumerable<ProcessInstance> Waiting =>
        _live.Values.Where(instance => instance.State == InstanceState.Waiting);

    public long Due => _timers.Next;

    /// <summary>Changed definitions apply to running instances.</summary>
    public bool FollowsSettings => _live.Count > 0;

    public void Restore(string field, string value)
    {
        if (_turns.Restore(field, value))
        {
            return;
        }

        if (value.StartsWith(FinishedMark, StringComparison.Ordinal))
        {
            Finished(field, long.Parse(value.AsSpan(FinishedMark.Length), CultureInfo.InvariantCulture));
            return;
        }
        using JsonDocument memory = JsonDocument.Parse(value);
        string[] names = field.Split(' ');
        ProcessInstance instance = _live[field] = ProcessInstance.FromMemory(
            names[0],
            names[1],
            InstanceMemory.Read(memory.RootElement)
        );
        _turns.Restore(instance);
        _timers.Set(field, instance.Due);
    }

    public WorkflowEvent? Read(EventReader reader) => ProcessEvent.Read(reader);

    public void Recall(WorkflowEvent e, in Moment at) { }

    public void Decide(WorkflowEvent e, in Moment at, IResults results)
    {
        var happened = (ProcessEvent)e;
        ProcessDefinition definition = Definitions(at).Of(happened.Process, happened.Instance);
        string field = $"{happened.Process} {happened.Instance}";
        long now = at.LogTime;
        if (!_live.TryGetValue(field, out ProcessInstance? instance))
        {
            // An instance that isn't running can only start, and one that has ended stays ended.
            if (happened is not ProcessStarted start || _finished.ContainsKey(field))
            {
                return;
            }

            instance = _live[field] = ProcessInstance.Begin(start, now, definition);
            _turns.Place(instance, definition, results);
            _timers.Set(field, instance.Due);
            Write(instance, at, results, Queued(instance, MemberMove.Add));
            results.Publish(PriorityKeys.Channel, InstanceJson.Record(instance, at.Version, At(at)));
            results.Remember(field, instance.ToMemory().ToJson());
            CountShadow(instance, results);
            return;
        }
        switch (happened)
        {
            case ProcessContext changed:
                Step(instance, field, definition, at, results, one => one.Change(changed.Context, now, definition));
                break;
            case ProcessTaken taken:
                Step(instance, field, definition, at, results, one => one.Take(taken.Worker, now, definition));
                break;
            case ProcessFinished:
                Step(instance, field, definition, at, results, one => one.Finish(now));
                break;
        }
    }

    public void SettingsChanged(in Moment at, IResults results)
    {
        ProcessDefinitions? before = _definitions;
        var definitions = (ProcessDefinitions)at.Settings;
        long now = at.LogTime;
        foreach (
            (string field, ProcessInstance instance) in _live
                .OrderBy(entry => entry.Value.Start)
                .ThenBy(entry => entry.Key, StringComparer.Ordinal)
                .ToArray()
        )
        {
            ProcessDefinition definition = definitions.Of(instance.Process, instance.Name);
            // An unchanged definition redefines nothing. After a takeover the previous one is unknown, which does no
            // harm.
            if (before == null || !definitions.Define(instance.Process, instance.Name, before))
            {
                Step(instance, field, definition, at, results, one => one.Redefine(now, definition));
            }
        }
        _definitions = definitions;
    }

    public void Elapse(in Moment at, IResults results)
    {
        string field = _timers.First.Name;
        long now = at.LogTime;
        if (!_live.TryGetValue(field, out ProcessInstance? instance))
        {
            _timers.Set(field, long.MaxValue);
            _finished.Remove(field);
            results.Remember(field, null);
            return;
        }
        ProcessDefinition definition = Definitions(at).Of(instance.Process, instance.Name);
        Step(instance, field, definition, at, results, one => one.Settle(now, definition));
    }

    private ProcessDefinitions Definitions(in Moment at) => _definitions = (ProcessDefinitions)at.Settings;

    /// <summary>Applies a step to an instance, and writes the changes to its record and its place in the queue
    /// together.</summary>
    private void Step(
        ProcessInstance instance,
        string field,
        ProcessDefinition definition,
        in Moment at,
        IResults results,
        Action<ProcessInstance> happen
    )
    {
        var before = instance.Seen;
        happen(instance);
        _turns.Place(instance, definition, results);
        CountShadow(instance, results);
        _timers.Set(field, instance.Due);
        if (instance.State == InstanceState.Finished)
        {
            _live.Remove(field);
            Finished(field, at.LogTime);
            results.Remember(field, FinishedMark + at.LogTime.ToString(CultureInfo.InvariantCulture));
        }
        else
        {
            results.Remember(field, instance.ToMemory().ToJson());
        }

        var after = instance.Seen;
        if (after == before)
        {
            return;
        }

        bool moves = before.Level != after.Level || before.Turn != after.Turn;
        Write(instance, at, results, Moved(before.State, after.State, instance, moves));
        if (before.Level != after.Level || before.State != after.State)
        {
            results.Publish(PriorityKeys.Channel, InstanceJson.Record(instance, at.Version, At(at)));
        }
    }

    private static void CountShadow(ProcessInstance instance, IResults results)
    {
        foreach (string directive in instance.TakeShadowed())
        {
            results.Shadowed($"{instance.Process}/{directive}");
        }
    }

    private static MemberChange? Moved(
        InstanceState before,
        InstanceState after,
        ProcessInstance instance,
        bool moves
    ) =>
        after switch
        {
            _ when before != after => Queued(
                instance,
                after == InstanceState.Waiting ? MemberMove.Add : MemberMove.Remove
            ),
            InstanceState.Waiting when moves => Queued(instance, MemberMove.MoveWhereThere),
            _ => null,
        };

    private static MemberChange Queued(ProcessInstance instance, MemberMove how) =>
        new(PriorityKeys.Queue(instance.Process), instance.Name, instance.Score, how);

    private void Write(ProcessInstance instance, in Moment at, IResults results, MemberChange? moved) =>
        results.Replace(
            new RecordChange(
                PriorityKeys.Record(instance.Process, instance.Name),
                InstanceJson.Record(instance, at.Version, At(at)),
                at.Offset,
                moved is { } member ? [member] : []
            )
        );

    private string At(in Moment at) => LogPlace.Text(partition, at.Offset);

    private void Finished(string field, long at)
    {
        _finished[field] = at;
        _timers.Set(field, at + FinishedMs);
    }
}
