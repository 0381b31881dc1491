using Engine.Workflows.Messages.Settings;

namespace Engine.Workflows.Messages.Decision;

/// <summary>A place in a message's text, in UTF-16 units.</summary>
internal readonly record struct FoundPlace(int At, int Length);

/// <summary>A rule that matched.</summary>
/// <param name="Done">Which of its actions were done.</param>
internal sealed record MatchedRule(
    MessageRule Rule,
    IReadOnlyList<MessageAction> Done,
    IReadOnlyList<FoundPlace> Found
);

/// <summary>An action that another rule's came before.</summary>
/// <param name="To">The rule whose action counts.</param>
internal readonly record struct LostAction(string Rule, string Action, string To);

/// <summary>A reply to a message's sender.</summary>
internal readonly record struct Reply(string Rule, string To, string Text);

/// <summary>What was done with a message.</summary>
internal sealed class Handled
{
    public bool IsHeld { get; set; }

    /// <summary>The text with what was masked; null if nothing was.</summary>
    public string? Masked { get; set; }

    public List<string> Marks { get; } = [];

    public List<string> Routes { get; } = [];

    public List<string> Saved { get; } = [];

    public List<Reply> Replies { get; } = [];

    public List<MatchedRule> Rules { get; } = [];

    public List<LostAction> Lost { get; } = [];

    /// <summary>Rules that matched after one that says <c>stop</c>.</summary>
    public List<string> Stopped { get; } = [];

    /// <summary>Rules in shadow that matched.</summary>
    public List<string> Shadow { get; } = [];

    /// <summary>Rules that matched and don't act on the sender's role.</summary>
    public List<string> Exempt { get; } = [];
}
