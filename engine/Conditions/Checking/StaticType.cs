namespace Engine.Conditions.Checking;

/// <summary>A static type with its element types: those of a list, or the keys and values of a map.</summary>
internal sealed record StaticType(CelType Kind, StaticType? Key = null, StaticType? Element = null)
{
    public static readonly StaticType Dyn = new(CelType.Dyn);
    public static readonly StaticType Null = new(CelType.Null);
    public static readonly StaticType Bool = new(CelType.Bool);
    public static readonly StaticType Int = new(CelType.Int);
    public static readonly StaticType Double = new(CelType.Double);
    public static readonly StaticType String = new(CelType.String);
    public static readonly StaticType Timestamp = new(CelType.Timestamp);
    public static readonly StaticType Duration = new(CelType.Duration);

    public bool IsDyn => Kind == CelType.Dyn;

    public bool IsNumber => Kind is CelType.Int or CelType.Double;

    /// <summary>The maximum depth of a known type; anything deeper is dyn. Chained macros can create values of any
    /// depth, and their types are compared and printed.</summary>
    private const int MaxLevels = 8;

    private int Levels { get; } = 1 + (Element?.Levels ?? 0);

    public static StaticType ListOf(StaticType element) => new(CelType.List, null, Bounded(element));

    public static StaticType MapOf(StaticType key, StaticType value) => new(CelType.Map, key, Bounded(value));

    private static StaticType Bounded(StaticType element) => element.Levels < MaxLevels ? element : Dyn;

    public static StaticType Of(CelType type) =>
        type switch
        {
            CelType.Dyn => Dyn,
            CelType.Null => Null,
            CelType.Bool => Bool,
            CelType.Int => Int,
            CelType.Double => Double,
            CelType.String => String,
            CelType.Timestamp => Timestamp,
            CelType.Duration => Duration,
            CelType.List => ListOf(Dyn),
            _ => MapOf(Dyn, Dyn),
        };

    public static StaticType Of(in CelValue value) =>
        value.Kind switch
        {
            CelKind.List => ListOf(
                value.AsList.Select(element => Of(element)).Aggregate((StaticType?)null, Join) ?? Dyn
            ),
            CelKind.Map => MapOf(Dyn, Dyn),
            CelKind.Absent or CelKind.Error => Dyn,
            _ => Of(TypeOf(value.Kind)),
        };

    /// <summary>Gets the type of the values of a kind.</summary>
    public static CelType TypeOf(CelKind kind) =>
        kind switch
        {
            CelKind.Null => CelType.Null,
            CelKind.Bool => CelType.Bool,
            CelKind.Int => CelType.Int,
            CelKind.Double => CelType.Double,
            CelKind.String => CelType.String,
            CelKind.Timestamp => CelType.Timestamp,
            CelKind.Duration => CelType.Duration,
            CelKind.List => CelType.List,
            CelKind.Map => CelType.Map,
            _ => CelType.Dyn,
        };

    /// <summary>Gets the common type of two: theirs if they are the same, otherwise dyn.</summary>
    public static StaticType Join(StaticType? left, StaticType right) => left is null || left == right ? right : Dyn;

    /// <summary>Whether some value could have both types.</summary>
    public static bool Overlap(StaticType? left, StaticType? right) =>
        left is null
        || right is null
        || left.IsDyn
        || right.IsDyn
        || (left.Kind == right.Kind && Overlap(left.Key, right.Key) && Overlap(left.Element, right.Element));

    public override string ToString() =>
        Kind switch
        {
            CelType.List when Element is { IsDyn: false } => $"list({Element})",
            CelType.Map when Element is { IsDyn: false } => $"map({Key}, {Element})",
            _ => KindNames.Of(Kind),
        };
}
