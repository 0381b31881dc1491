using System.Text;
using Engine.Contracts;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Decide;
using Engine.Pipeline.Decode;
using Engine.Pipeline.Verdicts;
using Engine.Primitives;

namespace Engine.Pipeline.Consume.Backtest;

/// <summary>Compares the decisions of two scorers that read the same log: by the settings in force, and by a draft.
/// Each has a sink here. Not thread-safe.</summary>
/// <param name="labels">What labels say of a click: invalid, valid, or null for nothing.</param>
internal sealed class DecisionComparison(Func<string, bool?> labels)
{
    private readonly Dictionary<(int Partition, long Offset), Decision> _before = [],
        _after = [];

    private readonly record struct Decision(string Click, long Cost, bool Billable, string Words);

    public BacktestReport Report { get; } = new();

    /// <summary>Receives the decisions by the settings in force.</summary>
    public IDecisionSink InForce => new Sink(_before);

    /// <summary>Receives the decisions by the draft.</summary>
    public IDecisionSink ByDraft => new Sink(_after);

    /// <summary>Compares what both have decided. Clicks that only one has decided so far, as they wait for their paths
    /// elsewhere, are kept.</summary>
    public void Compare()
    {
        foreach ((var place, Decision after) in _after)
        {
            if (!_before.Remove(place, out Decision before))
            {
                continue;
            }

            _after.Remove(place);
            Report.Clicks++;
            if (before.Words != after.Words || before.Billable != after.Billable)
            {
                Report.Changed++;
            }

            if (before.Billable != after.Billable)
            {
                (before.Billable ? Report.NewlyDenied : Report.Freed).Add(
                    new MovedClick(
                        before.Click,
                        new LogPlace(Topics.Interactions, place.Partition, place.Offset).ToString(),
                        before.Cost,
                        before.Words,
                        after.Words
                    ),
                    labels(before.Click)
                );
            }
        }
    }

    private sealed class Sink(Dictionary<(int, long), Decision> into) : IDecisionSink
    {
        private readonly Utf8Builder _reasons = new();

        public void Verdict(ClickRow row, in Judgement judgement)
        {
            _reasons.Clear();
            Evidence.WriteReasons(_reasons, row.Settings, judgement);
            string reasons = Encoding.UTF8.GetString(_reasons.Written).Replace("\"", "", StringComparison.Ordinal),
                @class = Encoding.UTF8.GetString(VerdictWords.Utf8(judgement.Class)),
                action = Encoding.UTF8.GetString(VerdictWords.Utf8(judgement.Action));
            into[(row.Partition.Partition, row.Offset)] = new Decision(
                row.Event.Id.ToString(),
                row.Event.CostMicros,
                judgement.Billable,
                reasons.Length > 0 ? $"{@class} {action} ({reasons})" : $"{@class} {action}"
            );
        }

        // A confirmation says the same whatever decided the click.
        public void Confirmed(PartitionState partition, PendingConfirmation click, in InteractionEvent e) { }
    }
}
