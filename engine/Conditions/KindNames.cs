namespace Engine.Conditions;

/// <summary>The language's names of kinds and types, for error messages.</summary>
internal static class KindNames
{
    public static string Of(CelKind kind) =>
        kind switch
        {
            CelKind.Null => "null",
            CelKind.Absent => "no value",
            _ => kind.ToString().ToLowerInvariant(),
        };

    public static string Of(CelType type) => type == CelType.Null ? "null" : type.ToString().ToLowerInvariant();
}
