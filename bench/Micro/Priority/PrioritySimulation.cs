using System.Globalization;
using System.Text;
using Engine.Contracts;
using Engine.Contracts.Settings;
using Engine.Pipeline.Settings;
using Engine.Primitives;
using Engine.Workflows.Module;
using Engine.Workflows.Priority;
using Engine.Workflows.Priority.Decision;
using Engine.Workflows.Runtime;

namespace Bench.Micro.Priority;

/// <summary>How a free worker chooses the next instance.</summary>
public enum Policy
{
    /// <summary>The one that arrived first.</summary>
    FirstComeFirstServed,

    /// <summary>The level of its initial context, then its age.</summary>
    StaticPriority,

    /// <summary>The engine's own decider and queue.</summary>
    Engine,
}

/// <summary>The result for one instance.</summary>
/// <param name="Wait">The time from its arrival until a worker takes it, in ms.</param>
/// <param name="UrgentWait">For an instance that became urgent while waiting, the time from then until a worker takes
/// it, in ms.</param>
/// <param name="Changes">The number of changes of its level after the first.</param>
/// <param name="ClosestChanges">The minimum time between two changes of its level, in ms; <see cref="long.MaxValue"/>
/// for fewer than two.</param>
public readonly record struct Served(long Wait, long? UrgentWait, int Changes, long ClosestChanges);

/// <summary>Simulates a load with workers that take the highest instance from the queue, event by event. The engine's
/// policy is the real one: each event goes through a partition with the decider, and the queue holds what it wrote. Log
/// time is set at each event, so nothing depends on the machine.</summary>
public sealed class PrioritySimulation : IResults, IDisposable
{
    private readonly PriorityLoad _load;
    private readonly Policy _policy;
    private readonly PartitionRun? _run;
    private readonly Dictionary<string, double> _scores = [];
    private readonly SortedSet<(double Score, string Member)> _queue = new(
        Comparer<(double Score, string Member)>.Create(
            (a, b) => a.Score != b.Score ? a.Score.CompareTo(b.Score) : string.CompareOrdinal(a.Member, b.Member)
        )
    );
    private readonly long[] _changedAt,
        _closest;
    private readonly int[] _level,
        _changes;
    private long _offset;

    private PrioritySimulation(PriorityLoad load, Policy policy, string definition)
    {
        (_load, _policy) = (load, policy);
        int count = load.Instances.Count;
        (_changedAt, _closest, _level, _changes) = (new long[count], new long[count], new int[count], new int[count]);
        Array.Fill(_closest, long.MaxValue);
        if (policy != Policy.Engine)
        {
            return;
        }

        var workflow = new HostedWorkflow(new PriorityWorkflow(), new PriorityDecider());
        var book = new SettingsBuilder(new SettingFiles(), workflow.Module.SettingKinds);
        book.Apply("process/p", definition);
        var hash = new KeyedHash(1, 2);
        _run = new PartitionRun(
            workflow,
            0,
            new SettingsTimeline(book.Build("s-base", hash), Activation.Delay),
            new CompiledSettings(),
            hash,
            0,
            0
        );
    }

    /// <summary>Runs the simulation until the last instance ends.</summary>
    /// <param name="definition">The process definition for the engine's policy.</param>
    public static Served[] Run(PriorityLoad load, Policy policy, string definition = PriorityLoad.Definition)
    {
        using var simulation = new PrioritySimulation(load, policy, definition);
        return simulation.Run();
    }

    public void Dispose() => _run?.Dispose();

    private Served[] Run()
    {
        var served = new Served[_load.Instances.Count];
        var ends = new PriorityQueue<int, (long, int)>();
        long[] began = new long[served.Length];
        Array.Fill(began, -1);
        bool[] ended = new bool[served.Length];
        int free = PriorityLoad.Workers,
            arrived = 0,
            changed = 0;
        while (true)
        {
            long arrival = arrived < served.Length ? _load.Instances[arrived].Arrival : long.MaxValue;
            long change = changed < _load.Changes.Count ? _load.Changes[changed].At : long.MaxValue;
            long end = ends.TryPeek(out _, out (long At, int) first) ? first.At : long.MaxValue;
            long now = Math.Min(arrival, Math.Min(change, end));
            if (now == long.MaxValue)
            {
                break;
            }

            if (arrival == now)
            {
                Arrive(arrived++, now);
            }
            else if (end == now)
            {
                int done = ends.Dequeue();
                ended[done] = true;
                free++;
                Tell("finished", done, now, "");
            }
            else if (_load.Changes[changed++] is var next && !ended[next.Instance])
            {
                Tell("context", next.Instance, now, $",\"context\":{next.Json}");
            }

            while (free > 0 && _queue.Count > 0)
            {
                (double, string Member) highest = _queue.Max;
                _queue.Remove(highest);
                _scores.Remove(highest.Member);
                int taken = int.Parse(highest.Member, CultureInfo.InvariantCulture);
                LoadInstance instance = _load.Instances[taken];
                began[taken] = now;
                free--;
                ends.Enqueue(taken, (now + instance.Service, taken));
                served[taken] = new Served(
                    now - instance.Arrival,
                    instance.Urgent <= now ? now - instance.Urgent : null,
                    0,
                    0
                );
                Tell("taken", taken, now, ",\"worker\":\"w\"");
            }
        }
        for (int i = 0; i < served.Length; i++)
        {
            served[i] = served[i] with { Changes = _changes[i], ClosestChanges = _closest[i] };
        }

        return served;
    }

    private void Arrive(int i, long now)
    {
        if (_policy == Policy.Engine)
        {
            Tell("started", i, now, $",\"context\":{_load.Instances[i].Context}");
        }
        else
        {
            Move(
                i.ToString(CultureInfo.InvariantCulture),
                PriorityKeys.Score(_policy == Policy.StaticPriority ? _load.Instances[i].Static : 1, now)
            );
        }
    }

    private void Tell(string what, int i, long now, string more)
    {
        if (_run == null)
        {
            return;
        }

        long time = RecordTime.Min + now;
        byte[] json = Encoding.UTF8.GetBytes(
            $"{{\"type\":\"process-{what}\",\"process\":\"p\",\"instance\":\"{i}\",\"time\":{time}{more}}}"
        );
        if (_run.Take(new WorkflowRecord(_offset++, time, null, json, _ => null), this) is { } refusal)
        {
            throw new InvalidOperationException($"{refusal.Reason} {refusal.Detail}");
        }
    }

    private void Move(string member, double? score)
    {
        if (_scores.Remove(member, out double before))
        {
            _queue.Remove((before, member));
        }

        if (score is not { } to)
        {
            return;
        }

        _scores[member] = to;
        _queue.Add((to, member));
    }

    void IResults.Replace(RecordChange change)
    {
        foreach (MemberChange member in change.Members)
        {
            if (member.How == MemberMove.Remove)
            {
                Move(member.Member, null);
            }
            else if (member.How == MemberMove.Add || _scores.ContainsKey(member.Member))
            {
                Move(member.Member, member.Score);
            }
        }
    }

    void IResults.Shadowed(string rule) { }

    void IResults.Publish(string channel, string json)
    {
        using var record = System.Text.Json.JsonDocument.Parse(json);
        int i = int.Parse(record.RootElement.GetProperty("instance").GetString()!, CultureInfo.InvariantCulture),
            level = record.RootElement.GetProperty("level").GetInt32();
        if (level == _level[i])
        {
            return;
        }
        // Timers fire at their own log time, which is the partition's current log time.
        long now = _run!.LogTime;
        if (_level[i] != 0)
        {
            _changes[i]++;
            _closest[i] = Math.Min(_closest[i], now - _changedAt[i]);
        }
        (_level[i], _changedAt[i]) = (level, now);
    }

    void IResults.Set(string key, string json) => throw new NotSupportedException();

    void IResults.Count(string key, string field, long by) => throw new NotSupportedException();

    void IResults.Put(string key, string field, string? value) => throw new NotSupportedException();

    void IResults.Notify(string recipient, string json) => throw new NotSupportedException();

    void IResults.Send(string topic, string key, string json) => throw new NotSupportedException();

    void IResults.Remember(string field, string? value) { }
}
