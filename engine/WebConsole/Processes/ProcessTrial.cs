using Engine.Workflows.Priority.Decision;
using Engine.Workflows.Priority.Settings;

namespace Engine.WebConsole.Processes;

/// <summary>An instance that a definition would move.</summary>
/// <param name="Directive">The directive that would give the level.</param>
public sealed record MovedInstance(string Instance, int From, int To, string Directive);

/// <summary>What a definition would do to instances: to which levels their contexts and their waiting would bring them,
/// once hold-offs are over. Not thread-safe.</summary>
public sealed class ProcessTrial(ProcessDefinition definition)
{
    /// <summary>The number of examples kept.</summary>
    private const int MaxExamples = 50;

    private readonly SortedDictionary<(int From, int To), int> _moves = [];
    private readonly Dictionary<string, int> _decided = new(StringComparer.Ordinal),
        _silent = new(StringComparer.Ordinal);
    private readonly List<MovedInstance> _examples = [];

    /// <summary>The number of instances that run.</summary>
    public int Instances { get; private set; }

    /// <summary>Those that would be served later than now: their level falls.</summary>
    public int Later => _moves.Where(move => move.Key.To < move.Key.From).Sum(move => move.Value);

    /// <summary>Those whose level rises.</summary>
    public int Sooner => _moves.Where(move => move.Key.To > move.Key.From).Sum(move => move.Value);

    /// <summary>The numbers of instances by level now and then.</summary>
    public IReadOnlyList<(int From, int To, int Instances)> Moves =>
        [.. _moves.Select(move => (move.Key.From, move.Key.To, move.Value))];

    public IReadOnlyList<MovedInstance> Examples => _examples;

    /// <summary>For each directive in order: of how many instances it decides the level, and for how many it gives
    /// none, as it doesn't hold, errs, or an attribute is missing.</summary>
    public IReadOnlyList<(string Directive, bool Shadow, int Decides, int Silent)> Directives =>
        [
            .. definition.Directives.Select(directive =>
                (
                    directive.Id,
                    directive.Shadow,
                    _decided.GetValueOrDefault(directive.Id),
                    _silent.GetValueOrDefault(directive.Id)
                )
            ),
        ];

    /// <summary>Of how many instances no directive decides the level.</summary>
    public int ByDefault => _decided.GetValueOrDefault(Request.ByDefault);

    /// <summary>Tries an instance.</summary>
    internal void Add(string name, InstanceMemory instance)
    {
        Instances++;
        Request request = definition.Evaluate(instance.Context, []);
        _decided[request.Directive] = _decided.GetValueOrDefault(request.Directive) + 1;
        foreach (Directive directive in definition.Directives)
        {
            if (directive.LevelOf(instance.Context) == null)
            {
                _silent[directive.Id] = _silent.GetValueOrDefault(directive.Id) + 1;
            }
        }

        if (instance.Overridden != null)
        {
            return;
        }

        int to = definition.Band.Above(request.Level, instance.Waiting.Steps);
        if (to == instance.Level)
        {
            return;
        }

        _moves[(instance.Level, to)] = _moves.GetValueOrDefault((instance.Level, to)) + 1;
        if (_examples.Count < MaxExamples)
        {
            _examples.Add(new MovedInstance(name, instance.Level, to, request.Directive));
        }
    }
}
