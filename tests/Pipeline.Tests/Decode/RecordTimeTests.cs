using System.Text;
using Confluent.Kafka;
using Engine.Contracts;
using Engine.Pipeline.Consume.Labels;
using Engine.Pipeline.Decode;
using Engine.Pipeline.History;
using Engine.Primitives;
using Tests.Support;
using Xunit;

namespace Pipeline.Tests.Decode;

/// <summary>A record with a rejected timestamp is a dead letter, and log time stays where it was.</summary>
public sealed class RecordTimeTests
{
    /// <summary>Microseconds, nanoseconds, seconds, no time at all, and the bounds.</summary>
    public static TheoryData<long> Rejected =>
        [
            1_795_338_000_000_000,
            long.MaxValue,
            1_795_338_000,
            0,
            -1,
            long.MinValue,
            RecordTime.Min - 1,
            RecordTime.End,
        ];

    [Theory]
    [MemberData(nameof(Rejected))]
    public void One_record_with_an_rejected_timestamp_disturbs_no_other_click(long timestamp)
    {
        using var run = new PipelineRun();
        run.Feed(0, Events.Start, Events.Click("before").ToJson());
        run.Feed(0, timestamp, Events.Click("wrong").ToJson());
        run.Feed(0, timestamp, """{"type":"tick"}""");
        run.Feed(0, Events.Start + 1, Events.Click("after").ToJson());
        Assert.Equal(["before", "after"], run.Verdicts.Select(verdict => verdict.Click));
        Assert.Equal(Events.Start + 1, run.State().LogTime);
        DeadLetter letter = run.DeadLetters[0];
        Assert.Equal((DeadLetterReason.OutOfRange, "timestamp", 1L), (letter.Reason, letter.Detail, letter.Offset));
    }

    [Theory]
    [InlineData(RecordTime.Min)]
    [InlineData(RecordTime.End - 1)]
    public void The_first_and_the_last_accepted_timestamp_are_scored(long timestamp)
    {
        using var run = new PipelineRun();
        run.Feed(0, timestamp, Events.Click("click").ToJson());
        Assert.Equal(["click"], run.Verdicts.Select(verdict => verdict.Click));
        Assert.Equal(timestamp, run.State().LogTime);
    }

    [Theory]
    [MemberData(nameof(Rejected))]
    public void A_label_with_an_rejected_timestamp_is_a_dead_letter(long timestamp)
    {
        var intake = new LabelIntake(new Histories(new KeyedHash(1, 2)));
        DecodeError error = intake.Take(
            new Message<byte[], byte[]>
            {
                Value = Encoding.UTF8.GetBytes(Events.Label("click").ToJson()),
                Timestamp = new Timestamp(timestamp, TimestampType.CreateTime),
            },
            Events.Start
        );
        Assert.Equal((DeadLetterReason.OutOfRange, "timestamp"), (error.Reason, error.Detail));
    }
}
