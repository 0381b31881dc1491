using Confluent.Kafka;
using Engine.Contracts;
using Engine.Partitions.Kafka;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Consume.Followers;
using Engine.Pipeline.Consume.Lanes;
using Engine.Pipeline.Consume.Librdkafka;
using Engine.Pipeline.Consume.Logs;
using Engine.Pipeline.Decide;
using Engine.Pipeline.Decode;
using Engine.Pipeline.Knowledge;
using Engine.Pipeline.Replay;
using Engine.Pipeline.Settings;
using Engine.Pipeline.Verdicts;
using Engine.Primitives;

namespace Engine.Pipeline.Consume.Rescore;

/// <summary>What an audit has found.</summary>
/// <param name="Reproduced">The verdict, in the form of the given one if they are equal; null if the click got none, as
/// its id was seen before.</param>
/// <param name="From">The first offset that was read.</param>
/// <param name="Records">The number of records that were read.</param>
/// <param name="IsCut">Whether the log begins later than the verdict needs.</param>
/// <param name="Mark">What the partition knew of others at the click; null if no mark tells.</param>
public sealed record AuditFinding(byte[]? Reproduced, long From, long Records, bool IsCut, Mark? Mark);

/// <summary>Decides a click again as its partition did: reads the log as a takeover does, up to the click, with what
/// the marks say the partition knew of others. Writes nothing.</summary>
public sealed unsafe class ClickAudit(
    KafkaTarget kafka,
    RedisKeys keys,
    KeyedHash hash,
    SettingsTimeline timeline,
    PipelineLimits limits,
    TimeProvider clock
)
{
    /// <param name="given">The verdict that was given; null if it isn't known.</param>
    public AuditFinding Run(FoundClick click, byte[]? given, CancellationToken cancel)
    {
        var partition = new TopicPartition(Topics.Interactions, click.Partition);
        using IConsumer<byte[], byte[]> consumer = KafkaClients.Reader(kafka);
        WatermarkOffsets ends = KafkaClients.Ends(consumer, partition, PartitionScan.AnswerWithin, clock);
        long fromTime = click.Timestamp - (long)RebuildHorizon.For(Lane.LongestWindow, timeline).TotalMilliseconds;
        long from = Math.Min(
            click.Offset,
            KafkaClients.FirstAt(consumer, partition, fromTime, ends.Low.Value, PartitionScan.AnswerWithin)
        );
        using var knowledge = new RescoreKnowledge(
            kafka,
            keys.Prefix,
            keys.Group,
            hash,
            new ReplayIndex(new ReplaySettings(limits.ReplayPaths)),
            clock
        );
        var sink = new AuditedVerdicts(click.Offset, given);
        using var scorer = new LogScorer(kafka, hash, timeline, limits, [click.Partition], sink, knowledge, clock);
        PartitionState state = scorer[click.Partition];
        state.LiveFromOffset = click.Offset;
        if (from > 0)
        {
            RestoreOwnSums(state, from, fromTime);
        }

        long logTime = 0,
            records = 0;
        using var scan = new MessageScan(consumer, partition, from, ends.High.Value) { Releasing = scorer.Flush };
        while (scan.TryNext(out LibrdkafkaNative.Message* message))
        {
            cancel.ThrowIfCancellationRequested();
            records++;
            logTime = RecordTime.Advance(logTime, LibrdkafkaNative.MessageTimestamp(message, out _));
            scorer.Take(message, logTime);
            if (message->Offset < click.Offset)
            {
                continue;
            }

            scorer.Flush();
            if (sink.IsDone || (sink.Last == null && message->Offset > click.Offset && !IsWaiting(state)))
            {
                break;
            }
        }

        return new AuditFinding(
            sink.Last,
            from,
            records,
            // A log that begins with the first record ever has all of it.
            IsCut: ends.Low.Value > 0 && from == ends.Low.Value,
            knowledge.MarksOf(state.Name).At(click.Offset)
        );
    }

    /// <summary>As at a takeover: a log that isn't read from its first record doesn't yield all the partition's own
    /// sums.</summary>
    private void RestoreOwnSums(PartitionState state, long from, long fromTime)
    {
        long[] known = state.Knowledge.Marks.At(from)?.Known.Standings ?? [];
        state.Standings.Restore(
            StandingsReader
                .Read(kafka, keys.Prefix, hash, known, fromTime)
                .Select(told => told.What)
                .Where(sums => sums.Partition == state.Partition)
        );
    }

    private static bool IsWaiting(PartitionState state) => state.WaitingClicks.Count > 0;

    /// <summary>Keeps the verdict on one click, and those that confirm it.</summary>
    private sealed class AuditedVerdicts(long offset, byte[]? given) : IDecisionSink
    {
        /// <summary>Complete comes last, as it is what is shown if none is as given.</summary>
        private readonly bool[] _forms = given == null ? [true] : [false, true];
        private readonly Utf8Builder _line = new();

        /// <summary>The given verdict if it has come, otherwise the last one.</summary>
        public byte[]? Last { get; private set; }

        /// <summary>Whether nothing that may still come matters.</summary>
        public bool IsDone { get; private set; }

        public void Verdict(ClickRow row, in Judgement judgement)
        {
            if (row.Offset != offset)
            {
                return;
            }

            foreach (bool complete in _forms)
            {
                VerdictWriter.Write(_line, row, judgement, complete);
                Keep();
            }

            // Only a confirmation may replace it.
            IsDone |= given == null || judgement.Action != VerdictAction.Confirm;
        }

        public void Confirmed(PartitionState partition, PendingConfirmation click, in InteractionEvent e)
        {
            if (click.Verdict.Offset != offset)
            {
                return;
            }

            foreach (bool complete in _forms)
            {
                VerdictWriter.WriteConfirmed(_line, partition, click, e, complete);
                Keep();
            }

            IsDone = true;
        }

        private void Keep()
        {
            if (!IsDone)
            {
                Last = _line.Written.ToArray();
                IsDone = given != null && Last.AsSpan().SequenceEqual(given);
            }

            _line.Clear();
        }
    }
}
