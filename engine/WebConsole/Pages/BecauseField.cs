using Engine.Web;

namespace Engine.WebConsole.Pages;

/// <summary>Why somebody changes something, which every form of a change asks.</summary>
internal static class BecauseField
{
    /// <summary>In UTF-16 code units.</summary>
    public const int MaxLength = 500;

    /// <summary>The reason that a form gives.</summary>
    /// <exception cref="RefusedException">It gives none, or a too long one.</exception>
    public static string Of(IFormCollection form) =>
        form["because"].ToString().Trim() is { Length: > 0 and <= MaxLength } because
            ? because
            : throw new RefusedException(
                StatusCodes.Status400BadRequest,
                $"Say why, in {MaxLength} letters at most.",
                "because"
            );
}
