namespace Engine.Workflows.Priority.Settings;

/// <summary>
/// What a process's instances go by: <c>process/&lt;id&gt;</c>. Immutable; checked when loaded
/// (<see cref="ProcessKind"/>).
/// </summary>
/// <param name="Band">The execution levels that there are.</param>
/// <param name="Default">The level where no directive gives one; of the band.</param>
/// <param name="Attributes">The attributes of a context that directives may name, with their types.</param>
/// <param name="Directives">In order: the first that gives a level decides.</param>
/// <param name="HoldOffMs">A level never changes twice within it, ms of log time.</param>
/// <param name="LowerAfterMs">How long a context must ask for less before the level falls, ms of log time.</param>
/// <param name="AgeingMs">Waiting for so long raises by a step, ms of log time.</param>
/// <param name="LeaseMs">How long a worker has an instance before it waits again, ms of log time.</param>
/// <param name="Shares">Levels' shares of workers, as named; see <see cref="SharesInForce"/>.</param>
public sealed record ProcessDefinition(
    Band Band,
    int Default,
    IReadOnlyDictionary<string, AttributeType> Attributes,
    IReadOnlyList<Directive> Directives,
    long HoldOffMs,
    long LowerAfterMs,
    long AgeingMs,
    long LeaseMs,
    IReadOnlyDictionary<int, double> Shares
)
{
    /// <summary>
    /// Goes for a process that nobody has defined: one level, so that its instances wait in their order and none is
    /// lost. They move when the definition comes.
    /// </summary>
    public static readonly ProcessDefinition Undefined = new(
        new Band([1]),
        1,
        new Dictionary<string, AttributeType>(),
        [],
        1_000,
        5_000,
        60_000,
        300_000,
        new Dictionary<int, double>()
    );

    /// <summary>
    /// The share of workers of each level: those that are named, and what is left of 1 in equal parts for the others.
    /// </summary>
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

    /// <summary>The level that a context asks for, of the first directive that gives one, else the default.</summary>
    /// <param name="shadowed">Takes the directives in shadow that would have decided.</param>
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

/// <summary>A level that was asked for.</summary>
/// <param name="Directive">The directive that gave it, or <see cref="ByDefault"/>.</param>
public readonly record struct Request(int Level, string Directive)
{
    /// <summary>Stands for the directive where none gave a level.</summary>
    public const string ByDefault = "default";
}

/// <summary>The execution levels of a process, ascending; a greater one goes first.</summary>
public sealed class Band(IReadOnlyList<int> levels)
{
    public IReadOnlyList<int> Levels { get; } = levels;

    public int Top => Levels[^1];

    /// <summary>Where a level stands, from 0; -1 where there is none such.</summary>
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

    /// <summary>The level nearest to a finite number; of two as near, the greater.</summary>
    public int Nearest(double number)
    {
        // Far outside the band all levels would be as far, by a double's precision.
        double within = Math.Clamp(number, Levels[0], Top);
        return Levels.MinBy(level => (Math.Abs(level - within), -level));
    }

    /// <summary>The level so many steps above one of the band, the top at most.</summary>
    public int Above(int level, long steps) => Levels[(int)Math.Min(Levels.Count - 1, IndexOf(level) + steps)];
}

/// <summary>What an attribute of a context holds.</summary>
public enum AttributeType
{
    /// <summary>A whole number of 64 bits.</summary>
    Integer,

    /// <summary>Any number, whole ones too.</summary>
    Number,
    Text,
    Boolean,
}
