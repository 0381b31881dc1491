using Engine.Conditions;
using Engine.Workflows.Priority.Events;
using Engine.Workflows.Priority.Settings;

namespace Engine.Workflows.Priority.Decision;

/// <summary>What an instance is doing.</summary>
public enum InstanceState
{
    Waiting,
    Taken,
    Finished,
}

/// <summary>
/// One instance of a process and the rules by which its level moves, by log time alone:
/// <list type="bullet">
/// <item>its base is what its context asks for: up at once, down to the highest level asked for in the last
/// <c>lower_after_ms</c>;</item>
/// <item>each <c>ageing_s</c> that it waited raises it by a step above the base, to the top at most;</item>
/// <item>what these come to is put in force at once, but never twice in <c>hold_off_ms</c>: then at its end.</item>
/// </list>
/// <see cref="Settle"/> after each change of context, state or definition, and whenever <see cref="Due"/> has come.
/// </summary>
public sealed partial class ProcessInstance
{
    private readonly Dictionary<string, CelValue> _context = new(StringComparer.Ordinal);
    private readonly LowerRequests _lower = new();
    private readonly List<string> _shadowed = [];
    private Request _request;
    private long _ageingMs,
        _steps,
        _waited,
        _countedTo,
        _lastChange;

    private ProcessInstance(string process, string name) => (Process, Name) = (process, name);

    public string Process { get; }
    public string Name { get; }

    /// <summary>Event time of its start, as believed; ms.</summary>
    public long Start { get; private set; }

    /// <summary>The level in force: <see cref="Aged"/> steps above <see cref="Base"/>.</summary>
    public int Level { get; private set; }

    public int Base { get; private set; }

    /// <summary>Steps that waiting has raised it by, as far as there are levels.</summary>
    public int Aged { get; private set; }

    /// <summary>The directive that gave the base, or <c>default</c>.</summary>
    public string Directive { get; private set; } = Request.ByDefault;

    public InstanceState State { get; private set; }

    /// <summary>Log time from which it is in this state, ms.</summary>
    public long Since { get; private set; }

    /// <summary>How often it was given a level that it didn't have, the first included.</summary>
    public int Changes { get; private set; }

    /// <summary>Who works on it; null where nobody does.</summary>
    public string? Worker { get; private set; }

    /// <summary>While it is taken, the log time at which it waits again, ms.</summary>
    public long LeaseEnd { get; private set; }

    /// <summary>
    /// The log time past which something of it falls due, ms; <see cref="long.MaxValue"/> for nothing.
    /// </summary>
    public long Due { get; private set; } = long.MaxValue;

    /// <summary>Directives in shadow that would have decided since this was last asked for, once each time.</summary>
    public IReadOnlyList<string> TakeShadowed()
    {
        if (_shadowed.Count == 0)
        {
            return [];
        }

        string[] taken = [.. _shadowed];
        _shadowed.Clear();
        return taken;
    }

    /// <summary>A new one, waiting at the level that its context asks for.</summary>
    public static ProcessInstance Begin(ProcessStarted e, long now, ProcessDefinition definition)
    {
        var instance = new ProcessInstance(e.Process, e.Instance)
        {
            Start = e.Time,
            State = InstanceState.Waiting,
            Since = now,
            Changes = 1,
        };
        instance.Merge(e.Context);
        instance._request = definition.Evaluate(instance._context, instance._shadowed);
        (instance.Base, instance.Level, instance.Directive) = (
            instance._request.Level,
            instance._request.Level,
            instance._request.Directive
        );
        (instance._lastChange, instance._countedTo, instance._ageingMs) = (now, now, definition.AgeingMs);
        instance.Plan(now, definition, held: false);
        return instance;
    }

    /// <summary>Attributes that changed; null removes one.</summary>
    public void Change(IReadOnlyDictionary<string, CelValue?> context, long now, ProcessDefinition definition)
    {
        Merge(context);
        UpdateRequest(now, definition);
        Settle(now, definition);
    }

    /// <summary>A worker has begun, or goes on; what another worker has stays with that.</summary>
    public void Take(string worker, long now, ProcessDefinition definition)
    {
        if (State == InstanceState.Taken && Worker != worker)
        {
            return;
        }

        if (State == InstanceState.Waiting)
        {
            Count(now);
            (State, Since, Worker) = (InstanceState.Taken, now, worker);
        }
        LeaseEnd = now + definition.LeaseMs;
        Settle(now, definition);
    }

    public void Finish(long now)
    {
        Count(now);
        (State, Since, Worker, Due) = (InstanceState.Finished, now, null, long.MaxValue);
    }

    /// <summary>Another definition is in force.</summary>
    public void Redefine(long now, ProcessDefinition definition)
    {
        Count(now);
        _ageingMs = definition.AgeingMs;
        bool gone = !definition.Band.Holds(Base) || !definition.Band.Holds(Level);
        if (gone)
        {
            Base = definition.Band.Nearest(Base);
        }

        _lower.MoveTo(definition.Band);
        _lower.LoweredTo(Base);
        UpdateRequest(now, definition);
        Settle(now, definition, atOnce: gone);
    }

    /// <summary>Does what is due by now, and puts the level in force that follows.</summary>
    /// <param name="atOnce">Whether a change of level may come within the hold-off: where the level is there no
    /// more.</param>
    public void Settle(long now, ProcessDefinition definition, bool atOnce = false)
    {
        if (State == InstanceState.Taken && LeaseEnd <= now)
        {
            (State, Since, Worker, _countedTo) = (InstanceState.Waiting, now, null, now);
        }

        Count(now);
        Band band = definition.Band;
        Request @base =
            _request.Level >= Base ? _request
            : _lower.Ripe(now, definition.LowerAfterMs) is { } ripe ? new Request(ripe.Level, ripe.Directive)
            : new Request(Base, Directive);
        int level = band.Above(@base.Level, _steps);
        bool held = level != Level && !atOnce && now < _lastChange + definition.HoldOffMs;
        if (!held)
        {
            (Base, Directive, Aged) = (@base.Level, @base.Directive, band.IndexOf(level) - band.IndexOf(@base.Level));
            _lower.LoweredTo(Base);
            if (level != Level)
            {
                (Level, Changes, _lastChange) = (level, Changes + 1, now);
            }
        }
        Plan(now, definition, held);
    }

    private void Plan(long now, ProcessDefinition definition, bool held)
    {
        long due = held ? _lastChange + definition.HoldOffMs : long.MaxValue;
        due = Math.Min(due, _lower.NextRipe(now, definition.LowerAfterMs));
        if (State == InstanceState.Taken)
        {
            due = Math.Min(due, LeaseEnd);
        }
        else if (Level != definition.Band.Top)
        {
            due = Math.Min(due, _countedTo + _ageingMs - _waited);
        }

        Due = due;
    }

    private void Merge(IReadOnlyDictionary<string, CelValue?> context)
    {
        foreach ((string name, CelValue? value) in context)
        {
            if (value is not { } there)
            {
                _context.Remove(name);
            }
            else if (_context.ContainsKey(name) || _context.Count < ProcessEvent.MaxAttributes)
            {
                _context[name] = there;
            }
        }
    }

    private void UpdateRequest(long now, ProcessDefinition definition)
    {
        _request = definition.Evaluate(_context, _shadowed);
        if (_request.Level >= Base)
        {
            _lower.Clear();
        }
        else
        {
            _lower.Add(_request, now);
        }
    }

    /// <summary>Counts what was waited up to now. Counting in parts comes to the same as counting once.</summary>
    private void Count(long now)
    {
        if (State == InstanceState.Waiting)
        {
            _waited += now - _countedTo;
            _steps += Math.DivRem(_waited, _ageingMs, out _waited);
        }
        _countedTo = now;
    }
}
