using System.Numerics;
using Engine.Contracts;
using Engine.Pipeline.Settings;

namespace Engine.Pipeline.Verdicts;

/// <summary>The decision on one click: reasons first, then what follows from them by the contract's table.</summary>
public struct Judgement
{
    private const ulong ScoreBit = 1UL << (int)Reason.Model;

    /// <summary>Reasons that apply and act, by bit of <see cref="Reason"/>.</summary>
    public ulong Reasons;

    /// <summary>Reasons that apply in shadow: counted, never acting.</summary>
    public ulong ShadowReasons;

    /// <summary>The reasons that don't act for the click's publisher at its time, by bit.</summary>
    public ulong Snoozes;

    /// <summary>Reasons that apply and are snoozed: told in the evidence, never acting.</summary>
    public ulong SnoozedReasons;

    /// <summary>Classes of the reasons that apply and act, by bit of <see cref="ReasonClass"/>.</summary>
    public uint ReasonClasses;

    /// <summary>The model's calibrated probability that the click is invalid.</summary>
    public float Score;

    public AllowSetting? Allow;

    /// <summary>Rules that matched and act, in their order; null if none did.</summary>
    public List<ClickRule>? Rules;

    public VerdictClass Class;
    public Band Band;
    public VerdictAction Action;
    public bool Billable;

    public readonly bool HasReasons => (Reasons | SnoozedReasons) != 0 || Allow != null || Rules != null;

    /// <summary>Whether nothing speaks against the click, and nothing is to be told of it.</summary>
    public readonly bool IsPlain =>
        !HasReasons
        && this is { Class: VerdictClass.Valid, Band: Band.Allow, Action: VerdictAction.Accept, Billable: true };

    public readonly bool IsInvalid => Class is VerdictClass.Givt or VerdictClass.Sivt;

    public void AddReason(Reason reason, ReasonSetting setting, ReasonClass @class)
    {
        ulong bit = 1UL << (int)reason;
        if (setting.Shadow)
        {
            ShadowReasons |= bit;
            return;
        }
        if ((Snoozes & bit) != 0)
        {
            SnoozedReasons |= bit;
            return;
        }
        Reasons |= bit;
        ReasonClasses |= 1u << (int)@class;
    }

    /// <summary>Applies the contract's table, in which the first matching row wins, and then what matching rules
    /// override. Rules never override an allow list.</summary>
    public void Conclude(Bands bands)
    {
        static bool Has(ReasonClass c, uint classes) => (classes >> (int)c & 1) != 0;
        // The reason of the model is its score: while it is snoozed, the score opens no band.
        float score = (SnoozedReasons & ScoreBit) != 0 ? float.NegativeInfinity : Score;
        (Class, Band, Action, Billable) =
            Allow != null ? (VerdictClass.Valid, Band.Allow, VerdictAction.Accept, true)
            : Has(ReasonClass.Givt, ReasonClasses) ? (VerdictClass.Givt, Band.Block, VerdictAction.Deny, false)
            : Has(ReasonClass.Sivt, ReasonClasses) || score >= bands.Block
                ? (VerdictClass.Sivt, Band.Block, VerdictAction.Deny, false)
            : score >= bands.Challenge ? (VerdictClass.Suspect, Band.Challenge, VerdictAction.Confirm, false)
            : Has(ReasonClass.Suspect, ReasonClasses) || score >= bands.Review
                ? (VerdictClass.Suspect, Band.Review, VerdictAction.Flag, true)
            : (VerdictClass.Valid, Band.Allow, VerdictAction.Accept, true);
        if (Allow != null || Rules == null)
        {
            return;
        }

        foreach (ClickRule rule in Rules)
        {
            Band = rule.Then.Band ?? Band;
            Action = rule.Then.Action ?? Action;
            Billable = rule.Then.Billable ?? Billable;
        }
    }

    /// <summary>Lists the fixed reasons that act, strongest first: by class, then by the table's order.</summary>
    public readonly int Strongest(DecisionSettings settings, Span<Reason> into)
    {
        int n = 0;
        for (int @class = (int)ReasonClass.Givt; @class >= 0; @class--)
        {
            for (ulong left = Reasons; left != 0; left &= left - 1)
            {
                var reason = (Reason)BitOperations.TrailingZeroCount(left);
                if ((int)settings[reason].Class == @class)
                {
                    into[n++] = reason;
                }
            }
        }

        return n;
    }
}

/// <summary>A verdict as it was written, for a confirmation that rewrites it: everything that doesn't change.</summary>
/// <param name="Judgement">The judgement that the verdict states.</param>
/// <param name="Reasons">The verdict's reason codes, as comma-separated JSON strings.</param>
/// <param name="Evidence">The entries of <c>evidence</c>, without braces.</param>
/// <param name="CostMicros">The click's cost.</param>
/// <param name="Campaign">Its campaign.</param>
/// <param name="Publisher">Its publisher.</param>
public sealed record StoredVerdict(
    Judgement Judgement,
    byte[] Reasons,
    byte[] Evidence,
    PathState Path,
    long Time,
    long Offset,
    DecisionSettings Settings,
    long CostMicros,
    string Campaign,
    string Publisher
);
