namespace Engine.Conditions;

/// <summary>What errors call kinds and types: by the names the language has for them.</summary>
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
