using Engine.Conditions;
using Engine.Contracts;
using Engine.Contracts.Settings;

namespace Engine.Pipeline.Settings;

/// <summary>The effects of a matching rule. Its class counts like a reason's; the other values override the
/// verdict.</summary>
public sealed record RuleThen(ReasonClass Class, Band? Band, VerdictAction? Action, bool? Billable);

/// <summary>A rule on clicks, <c>rule/&lt;id&gt;</c>. Its reason is <c>rule.&lt;id&gt;</c>.</summary>
public sealed class ClickRule
{
    private readonly Condition _condition;
    private long _shadowMatches;

    private ClickRule(string id, Condition condition, RuleThen then, int order, bool shadow) =>
        (Id, _condition, Then, Order, Shadow) = (id, condition, then, order, shadow);

    public string Id { get; }
    public string When => _condition.Source;
    public RuleThen Then { get; }
    public int Order { get; }

    /// <summary>Evaluated and counted, but never acting.</summary>
    public bool Shadow { get; }

    /// <summary>The number of clicks in this process that the rule would have acted on.</summary>
    public long ShadowMatches => Interlocked.Read(ref _shadowMatches);

    /// <summary>Parses and compiles a rule. An error in its condition comes with line, column and a caret.</summary>
    internal static ClickRule Parse(string id, SettingReader reader)
    {
        string when = reader.RequiredText("when");
        SettingReader then = reader.Object("then")
            ?? throw reader.Wrong("'then' is missing", DeadLetterReason.MissingField);
        var effect = new RuleThen(
            then.Class("class", ReasonClass.None),
            Word<Band>(then, "band"),
            Word<VerdictAction>(then, "action"),
            then.OptionalFlag("billable")
        );
        then.Done();
        long order = reader.Integer("order", int.MinValue, int.MaxValue) ?? 0;
        try
        {
            return new ClickRule(
                id,
                Condition.Compile(when, ClickNames.Names, CelType.Bool),
                effect,
                (int)order,
                reader.Flag("shadow")
            );
        }
        catch (ConditionException e)
        {
            // The source line and the caret follow the error.
            throw reader.Wrong(
                $"'when' at line {e.Line}, column {e.Column}: {e.Problem}{e.Message[e.Message.IndexOf('\n')..]}",
                DeadLetterReason.Malformed
            );
        }
    }

    /// <summary>Whether the rule's condition is true for these values.</summary>
    internal bool Holds<TBindings>(ref TBindings bindings)
        where TBindings : struct, ICelBindings => _condition.Test(ref bindings);

    /// <summary>Counts a click that the rule would have acted on if it weren't in shadow.</summary>
    internal void CountShadowMatch() => Interlocked.Increment(ref _shadowMatches);

    private static T? Word<T>(SettingReader reader, string name)
        where T : struct, Enum
    {
        string? text = reader.Text(name);
        if (text == null)
        {
            return null;
        }

        string[] words = [.. Enum.GetNames<T>().Select(word => word.ToLowerInvariant())];
        int at = Array.IndexOf(words, text);
        return at >= 0
            ? Enum.GetValues<T>()[at]
            : throw reader.Wrong($"'{name}' is '{text}'; expected {string.Join(", ", words)}");
    }
}
