using Engine.Contracts.Access;
using Engine.Web;

namespace Engine.WebConsole.Pages;

/// <summary>A visitor of the console.</summary>
/// <param name="Name">The name of the visitor in records, such as <c>user ada</c>.</param>
/// <param name="Role">The role; on a machine without users, everyone's is the highest.</param>
/// <param name="FormSecret">The secret that forms carry; null if the visitor isn't signed in.</param>
/// <param name="Path">The path of the page.</param>
public sealed record ConsoleVisit(string? Name, Role Role, string? FormSecret, string Path)
{
    /// <summary>Whether there is nobody to sign in as: no user was ever added.</summary>
    public bool IsOpen => Name == null;

    /// <summary>Who acts, in records.</summary>
    public string By => Name ?? "nobody signed in";

    /// <summary>Whether the visitor may do what needs a role.</summary>
    public bool May(Role role) => Role >= role;

    /// <summary>The visitor that an endpoint of the console has admitted.</summary>
    public static ConsoleVisit Of(HttpContext http) =>
        Caller.Of(http) is { } caller
            ? new ConsoleVisit(
                caller.Account.Name,
                caller.Account.Role,
                caller.FormSecret.Length > 0 ? caller.FormSecret : null,
                http.Request.Path
            )
            : new ConsoleVisit(null, Role.Admin, null, http.Request.Path);
}
