namespace Engine.WebConsole.Totals;

/// <summary>What totals are kept of.</summary>
public enum SumKind : byte
{
    Campaign,
    Publisher,
}

/// <summary>The words for kinds of totals in keys and addresses.</summary>
public static class SumKindWords
{
    /// <summary><c>campaign</c></summary>
    public static string Word(this SumKind kind) => kind == SumKind.Campaign ? "campaign" : "publisher";

    /// <summary><c>campaigns</c></summary>
    public static string Plural(this SumKind kind) => kind.Word() + "s";
}
