using Engine.Conditions;
using Engine.Workflows.Priority.Events;
using Engine.Workflows.Priority.Settings;

namespace Engine.Workflows.Priority.Decision;

/// <summary>
/// One instance of a process, and the rules that change its level, based on log time alone:
/// <list type="bullet">
/// <item>Its base is the level that its context requests: up at once, down to the highest level requested in the
/// last <c>lower_after_ms</c>.</item>
/// <item>Each <c>ageing_s</c> of waiting raises it one step above the base, up to the top.</item>
/// <item>The resulting level comes into force at once, or at the end of <c>hold_off_ms</c> since the last
/// change.</item>
/// </list>
/// Call <see cref="Settle"/> after each change of context, state or definition, and whenever <see cref="Due"/> is past.
/// </summary>
public sealed class ProcessInstance
{
    private readonly Dictionary<string, CelValue> _context = new(StringComparer.Ordinal);
    private readonly LowerRequests _lower = new();
    private readonly List<string> _shadowed = [];
    private Request _request;
    private WaitingTime _waiting;
    private long _lastChange;

    private ProcessInstance(string process, string name) => (Process, Name) = (process, name);

    public string Process { get; }
    public string Name { get; }

    /// <summary>Event time of its start, or log time if that was too far off; ms.</summary>
    public long Start { get; private set; }

    /// <summary>The level in force: <see cref="Aged"/> steps above <see cref="Base"/>.</summary>
    public int Level { get; private set; }

    public int Base { get; private set; }

    /// <summary>The number of steps that waiting has raised it by, limited by the band.</summary>
    public int Aged { get; private set; }

    /// <summary>The level that a person has set, while it holds; null for none. It is <see cref="Level"/> then,
    /// whatever base and ageing are.</summary>
    public int? Overridden { get; private set; }

    /// <summary>Its turn among the instances of its level, where they take turns: the smaller, the earlier. Null where
    /// they don't, and the oldest comes first.</summary>
    public FairTurn? Turn { get; set; }

    /// <summary>Its score in the queue: by level, then by turn or age.</summary>
    public double Score => PriorityKeys.Score(Level, Turn?.Order ?? Start);

    /// <summary>The value of an attribute of its context; null if it isn't there.</summary>
    public CelValue? Attribute(string name) => _context.TryGetValue(name, out CelValue value) ? value : null;

    /// <summary>The directive that gave the base, or <c>default</c>.</summary>
    public string Directive { get; private set; } = Request.ByDefault;

    public InstanceState State { get; private set; }

    /// <summary>The log time at which it entered its state, ms.</summary>
    public long Since { get; private set; }

    /// <summary>The number of levels it was given, including the first.</summary>
    public int Changes { get; private set; }

    /// <summary>The worker that works on it; null for none.</summary>
    public string? Worker { get; private set; }

    /// <summary>The log time at which a taken instance waits again, ms.</summary>
    public long LeaseEnd { get; private set; }

    /// <summary>The log time past which its next timer falls due, ms; <see cref="long.MaxValue"/> for none.</summary>
    public long Due { get; private set; } = long.MaxValue;

    /// <summary>The published state; equal values need no new record.</summary>
    public (
        int Level,
        int Base,
        int Aged,
        string Directive,
        InstanceState State,
        long Since,
        string? Worker,
        long LeaseEnd,
        int? Overridden,
        FairTurn? Turn
    ) Seen => (Level, Base, Aged, Directive, State, Since, Worker, LeaseEnd, Overridden, Turn);

    /// <summary>Returns and clears the directives in shadow that would have decided, once for each time.</summary>
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

    /// <summary>Creates an instance that waits at the level its context requests.</summary>
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
        instance.Overridden = OverrideAt(now, definition);
        instance.Level = instance.Overridden ?? instance.Level;
        instance._lastChange = now;
        instance._waiting = new WaitingTime(definition.AgeingMs, Steps: 0, WaitedMs: 0, CountedTo: now);
        instance.Plan(now, definition, held: false);
        return instance;
    }

    /// <summary>Restores an instance from <see cref="ToMemory"/>.</summary>
    public static ProcessInstance FromMemory(string process, string name, InstanceMemory memory)
    {
        var instance = new ProcessInstance(process, name)
        {
            Start = memory.Start,
            Level = memory.Level,
            Base = memory.Base,
            Aged = memory.Aged,
            Directive = memory.Directive,
            State = memory.State,
            Since = memory.Since,
            Changes = memory.Changes,
            Worker = memory.Worker,
            LeaseEnd = memory.LeaseEnd,
            Due = memory.Due,
            Overridden = memory.Overridden,
            Turn = memory.Turn,
        };
        (instance._request, instance._waiting, instance._lastChange) = (
            memory.Request,
            memory.Waiting,
            memory.LastChange
        );
        foreach ((string attribute, CelValue value) in memory.Context)
        {
            instance._context[attribute] = value;
        }

        foreach (LowerRequests.Held held in memory.Lower)
        {
            instance._lower.Restore(held);
        }

        return instance;
    }

    /// <summary>Captures its complete state. Serialise it before the next change.</summary>
    public InstanceMemory ToMemory() =>
        new()
        {
            Context = _context,
            Start = Start,
            Level = Level,
            Base = Base,
            Aged = Aged,
            Directive = Directive,
            State = State,
            Since = Since,
            Changes = Changes,
            LastChange = _lastChange,
            Request = _request,
            Lower = _lower.All,
            Waiting = _waiting,
            Worker = Worker,
            LeaseEnd = LeaseEnd,
            Due = Due,
            Overridden = Overridden,
            Turn = Turn,
        };

    /// <summary>Applies changed attributes; null removes one.</summary>
    public void Change(IReadOnlyDictionary<string, CelValue?> context, long now, ProcessDefinition definition)
    {
        Merge(context);
        UpdateRequest(now, definition);
        Settle(now, definition);
    }

    /// <summary>A worker takes it or renews its lease. If another worker has it, nothing changes.</summary>
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

    /// <summary>Applies another definition.</summary>
    public void Redefine(long now, ProcessDefinition definition)
    {
        Count(now);
        _waiting = _waiting with { AgeingMs = definition.AgeingMs };
        // An overridden level may be gone as well, but Settle replaces it anyway.
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

    /// <summary>Handles what is due by now, and puts the resulting level in force.</summary>
    /// <param name="atOnce">Whether to ignore the hold-off, because the level no longer exists.</param>
    public void Settle(long now, ProcessDefinition definition, bool atOnce = false)
    {
        if (State == InstanceState.Taken && LeaseEnd <= now)
        {
            (State, Since, Worker) = (InstanceState.Waiting, now, null);
            _waiting = _waiting with { CountedTo = now };
        }

        Count(now);
        Band band = definition.Band;
        Request @base =
            _request.Level >= Base ? _request
            : _lower.Ripe(now, definition.LowerAfterMs) is { } ripe ? new Request(ripe.Level, ripe.Directive)
            : new Request(Base, Directive);
        int own = band.Above(@base.Level, _waiting.Steps);
        int? overridden = OverrideAt(now, definition);
        int level = overridden ?? own;
        // What a person sets holds at once, and so does what follows when it ends.
        atOnce |= overridden != null || Overridden != null;
        bool held = level != Level && !atOnce && now < _lastChange + definition.HoldOffMs;
        if (!held)
        {
            (Base, Directive, Aged) = (@base.Level, @base.Directive, band.IndexOf(own) - band.IndexOf(@base.Level));
            _lower.LoweredTo(Base);
            Overridden = overridden;
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
        else if (Overridden == null && Level != definition.Band.Top)
        {
            due = Math.Min(due, _waiting.NextStep);
        }

        if (Overridden != null)
        {
            due = Math.Min(due, definition.Override!.Until);
        }

        Due = due;
    }

    /// <summary>The level that a person has set and that holds at a log time: the nearest that there is.</summary>
    private static int? OverrideAt(long now, ProcessDefinition definition) =>
        definition.Override is { } set && now < set.Until ? definition.Band.Nearest(set.Level) : null;

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

    private void Count(long now) => _waiting = _waiting.CountTo(now, State == InstanceState.Waiting);
}
