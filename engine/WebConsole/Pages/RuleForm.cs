using Engine.Contracts;
using Engine.WebConsole.Rules;

namespace Engine.WebConsole.Pages;

/// <summary>Reads the form of a rule.</summary>
internal static class RuleForm
{
    public static RuleDraft Read(IFormCollection form) =>
        new(
            form["id"].ToString().Trim(),
            form["when"].ToString().ReplaceLineEndings("\n").Trim(),
            form["class"].ToString(),
            form["band"].ToString(),
            form["action"].ToString(),
            form["billable"].ToString(),
            form["order"].ToString().Trim(),
            form["shadow"] == "true"
        );

    /// <summary>What is wrong with a rule; null if an engine would load it.</summary>
    public static string? Problem(RuleDraft draft) =>
        Identifier.IsOne(draft.Id) ? RuleDesk.Problem(draft) : $"The id isn't one: it has {Identifier.Words}.";
}
