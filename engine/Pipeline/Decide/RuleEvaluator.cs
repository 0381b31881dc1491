using Engine.Pipeline.Clicks;
using Engine.Pipeline.Settings;
using Engine.Pipeline.Verdicts;

namespace Engine.Pipeline.Decide;

/// <summary>Determines the rules that match a click. Pure, except that it counts matches in shadow.</summary>
public static class RuleEvaluator
{
    /// <summary>Evaluates all rules on a click, in order.</summary>
    public static void Apply(ClickRule[] rules, ClickRow row, ref Judgement judgement)
    {
        var bindings = new ClickBindings(row, judgement.Score);
        foreach (ClickRule rule in rules)
        {
            if (!rule.Holds(ref bindings))
            {
                continue;
            }

            if (rule.Shadow)
            {
                if (row.IsLive)
                {
                    rule.CountShadowMatch();
                }

                continue;
            }
            (judgement.Rules ??= []).Add(rule);
            judgement.ReasonClasses |= 1u << (int)rule.Then.Class;
        }
    }
}
