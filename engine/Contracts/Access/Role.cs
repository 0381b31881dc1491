namespace Engine.Contracts.Access;

/// <summary>The roles on pages and endpoints, each of which may do what the ones before it may. Their names, in lower
/// case, are those of the settings.</summary>
public enum Role : byte
{
    /// <summary>Sees and accepts one sponsor's suggestions, and nothing else.</summary>
    Sponsor,

    /// <summary>Reads everything.</summary>
    Viewer,

    /// <summary>Also labels, snoozes, allows, writes rules in shadow, and sends events.</summary>
    Analyst,

    /// <summary>Also promotes rules, writes every setting, and acts for every sponsor.</summary>
    Admin,
}

/// <summary>The names of roles.</summary>
public static class RoleNames
{
    /// <summary>The role's name in settings, messages and documents.</summary>
    public static string Word(this Role role) => role.ToString().ToLowerInvariant();
}
