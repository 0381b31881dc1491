namespace Engine.Workflows.Priority.Settings;

/// <summary>The definition of a process: <c>process/&lt;id&gt;</c>. Immutable; validated when loaded
/// (<see cref="ProcessKind"/>).</summary>
/// <param name="Band">The execution levels.</param>
/// <param name="Default">The level if no directive gives one; one of the band.</param>
/// <param name="Attributes">The attributes of a context that directives may use, with their types.</param>
/// <param name="Directives">The directives in order; the first that gives a level decides.</param>
/// <param name="HoldOffMs">The minimum time between two changes of a level, ms of log time.</param>
/// <param name="LowerAfterMs">How long a context must request less before the level falls, ms of log time.</param>
/// <param name="AgeingMs">The waiting time that raises the level one step, ms of log time.</param>
/// <param name="LeaseMs">How long a worker has an instance before it waits again, ms of log time.</param>
/// <param name="FairBy">The attribute whose values a queue serves in turn within a level; null for none.</param>
/// <param name="Shares">The shares of workers as configured, by level; see <see cref="SharesInForce"/>.</param>
public sealed record ProcessDefinition(
    Band Band,
    int Default,
    IReadOnlyDictionary<string, AttributeType> Attributes,
    IReadOnlyList<Directive> Directives,
    long HoldOffMs,
    long LowerAfterMs,
    long AgeingMs,
    long LeaseMs,
    string? FairBy,
    IReadOnlyDictionary<int, double> Shares
)
{
    /// <summary>The definition of a process without its own: a single level, so instances wait in order and none is
    /// lost. They move when the definition comes.</summary>
    public static readonly ProcessDefinition Undefined = new(
        new Band([1]),
        1,
        new Dictionary<string, AttributeType>(),
        [],
        1_000,
        5_000,
        60_000,
        300_000,
        null,
        new Dictionary<int, double>()
    );

    /// <summary>The level that a person has set for one instance, and for which this is its definition; null for
    /// none.</summary>
    public LevelOverride? Override { get; init; }

    /// <summary>The share of workers for each level: the configured ones, and the rest of 1 in equal parts for the
    /// others.</summary>
    public IEnumerable<KeyValuePair<int, double>> SharesInForce
    {
        get
        {
            int others = Band.Levels.Count - Shares.Count;
            double each = others == 0 ? 0 : Math.Max(0, 1 - Shares.Values.Sum()) / others;
            return Band.Levels.Select(level =>
                KeyValuePair.Create(level, Math.Round(Shares.GetValueOrDefault(level, each), 6))
            );
        }
    }

    /// <summary>The level that a context requests, from the first directive that gives one, or else the
    /// default.</summary>
    /// <param name="shadowed">Receives the directives in shadow that would have decided.</param>
    public Request Evaluate(IReadOnlyDictionary<string, Conditions.CelValue> context, ICollection<string> shadowed)
    {
        foreach (Directive directive in Directives)
        {
            if (directive.LevelOf(context) is not { } level)
            {
                continue;
            }

            if (!directive.Shadow)
            {
                return new Request(level, directive.Id);
            }

            shadowed.Add(directive.Id);
        }
        return new Request(Default, Request.ByDefault);
    }
}

/// <summary>A requested level.</summary>
/// <param name="Directive">The directive that gave it, or <see cref="ByDefault"/>.</param>
public readonly record struct Request(int Level, string Directive)
{
    /// <summary>The name used when no directive gave a level.</summary>
    public const string ByDefault = "default";
}

/// <summary>The level that a person has set for one instance:
/// <c>override/&lt;process&gt;/&lt;instance&gt;</c>.</summary>
/// <param name="Until">Log time, ms, at which it ends.</param>
public sealed record LevelOverride(int Level, long Until)
{
    /// <summary>The directive that a record names while it holds.</summary>
    public const string Directive = "override";
}

/// <summary>The execution levels of a process, ascending; higher ones go first.</summary>
public sealed class Band(IReadOnlyList<int> levels)
{
    public IReadOnlyList<int> Levels { get; } = levels;

    public int Top => Levels[^1];

    /// <summary>The index of a level; -1 if the band doesn't have it.</summary>
    public int IndexOf(int level)
    {
        for (int i = 0; i < Levels.Count; i++)
        {
            if (Levels[i] == level)
            {
                return i;
            }
        }

        return -1;
    }

    public bool Holds(int level) => IndexOf(level) >= 0;

    /// <summary>The level nearest to a finite number; on a tie, the higher one.</summary>
    public int Nearest(double number)
    {
        // Far outside the band, a double's precision would make all levels equally near.
        double within = Math.Clamp(number, Levels[0], Top);
        return Levels.MinBy(level => (Math.Abs(level - within), -level));
    }

    /// <summary>The level a number of steps above a level of the band, at most the top.</summary>
    public int Above(int level, long steps) => Levels[(int)Math.Min(Levels.Count - 1, IndexOf(level) + steps)];
}

/// <summary>The type of an attribute.</summary>
public enum AttributeType
{
    /// <summary>A 64-bit integer.</summary>
    Integer,

    /// <summary>Any number, including integers.</summary>
    Number,
    Text,
    Boolean,
}
