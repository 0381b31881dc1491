using Engine.Contracts;
using Engine.Partitions.Kafka;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Consume.Logs;
using Engine.Pipeline.Consume.Rescore;
using Engine.Pipeline.Replay;
using Engine.Pipeline.Settings;
using Engine.Primitives;

namespace Engine.Pipeline.Consume.Backtest;

/// <summary>Decides the recorded log of a group twice in one pass, by the settings as they came into force and by a
/// draft, and compares. Writes nothing to Redis or Kafka.</summary>
public sealed class LogBacktest
{
    /// <summary>The number of records between two comparisons, which bounds what is kept.</summary>
    private const int CompareEvery = 8_192;

    public required KafkaTarget Kafka { get; init; }

    public required RedisKeys Keys { get; init; }

    public required KeyedHash Hash { get; init; }

    public required PipelineLimits Limits { get; init; }

    /// <summary>What labels say of a click: invalid, valid, or null for nothing.</summary>
    public required Func<string, bool?> Labels { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>Runs to the log's current end. Takes the memory of two engines that own all partitions.</summary>
    /// <param name="inForce">The settings as they came into force. Rules in shadow count in it, so it isn't a running
    /// engine's.</param>
    /// <param name="draft">The settings to compare with.</param>
    /// <param name="progress">Called now and then with the number of records decided, and of all.</param>
    public BacktestReport Run(
        SettingsTimeline inForce,
        SettingsTimeline draft,
        Action<long, long> progress,
        CancellationToken cancel
    )
    {
        long since = Clock.GetTimestamp(),
            done = 0;
        var comparison = new DecisionComparison(Labels);
        using var log = new MergedLog(Kafka, [Topics.Interactions], Clock);
        using var before = new Side(this, inForce, comparison.InForce, log);
        using var after = new Side(this, draft, comparison.ByDraft, log);
        for (; log.Current is { } record; log.Advance())
        {
            before.Scorer.Take(record, log.LogTime);
            after.Scorer.Take(record, log.LogTime);
            if (++done % CompareEvery == 0)
            {
                cancel.ThrowIfCancellationRequested();
                comparison.Compare();
                progress(done, log.Length);
            }
        }

        before.Scorer.Flush();
        after.Scorer.Flush();
        comparison.Compare();
        comparison.Report.Took = Clock.GetElapsedTime(since);
        return comparison.Report;
    }

    /// <summary>One of the two scorers, with what it knows.</summary>
    private sealed class Side : IDisposable
    {
        private readonly RescoreKnowledge _knowledge;

        public Side(LogBacktest of, SettingsTimeline timeline, IDecisionSink sink, MergedLog log)
        {
            _knowledge = new RescoreKnowledge(
                of.Kafka,
                of.Keys.Prefix,
                of.Keys.Group,
                of.Hash,
                new ReplayIndex(new ReplaySettings(of.Limits.ReplayPaths)),
                of.Clock
            );
            Scorer = new LogScorer(
                of.Kafka,
                of.Hash,
                timeline,
                of.Limits,
                Enumerable.Range(0, log.Partitions(Topics.Interactions)),
                sink,
                _knowledge,
                of.Clock
            );
        }

        public LogScorer Scorer { get; }

        public void Dispose()
        {
            Scorer.Dispose();
            _knowledge.Dispose();
        }
    }
}
