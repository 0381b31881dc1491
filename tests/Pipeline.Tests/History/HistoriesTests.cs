using System.Text;
using Confluent.Kafka;
using Engine.Contracts;
using Engine.Pipeline.Consume.Labels;
using Engine.Pipeline.History;
using Engine.Pipeline.Keys;
using Engine.Primitives;
using Tests.Support;
using Xunit;

namespace Pipeline.Tests.History;

/// <summary>What histories say of keys, as labels are read.</summary>
public sealed class HistoriesTests
{
    private const long T = Events.Start,
        Minute = 60_000,
        Day = 24 * 60 * Minute;
    private static readonly KeyedHash Hash = new(7, 11);
    private readonly Histories _histories = new(Hash);

    [Fact]
    public void A_label_counts_for_every_key_that_it_has()
    {
        LabelEvent label = Label("c-1", false) with
        {
            Placement = "top",
            Campaign = "cmp-1",
            Model = "A1",
            Os = "Android",
            OsVersion = "14",
            Ip = new IpAddress(1, true),
        };
        Assert.Equal(LabelOutcome.Counted, _histories.Add(label, T));
        HistoryKeys keys = HistoryKeys.Of(Hash, label);
        foreach (HistoryKind kind in Enum.GetValues<HistoryKind>())
        {
            Assert.Equal(1, Seen(keys[kind], T + 2 * Minute), 3);
        }

        Assert.Equal(HistoryKeys.Count, Enum.GetValues<HistoryKind>().Select(kind => keys[kind]).Distinct().Count());
        Assert.Equal(HistoryKeys.Count, _histories.Keys);
    }

    [Fact]
    public void Without_what_a_key_is_made_of_it_is_not_counted()
    {
        _histories.Add(Label("c-1", false) with { OsVersion = "14" }, T);
        Assert.Equal(3, _histories.Keys); // publisher, version, and both together
    }

    [Theory]
    [InlineData("A 1", "a1", "Android 14", "14", true)]
    [InlineData("A1", "A2", "14", "14", false)]
    [InlineData("A1", "A1", "14", "15", true)]
    public void Spellings_of_a_model_and_of_a_version_are_one(
        string one,
        string other,
        string version,
        string otherVersion,
        bool sameModel
    )
    {
        HistoryKeys a = HistoryKeys.Of(
                Hash,
                Label("c", true) with
                {
                    Model = one,
                    Os = "Android",
                    OsVersion = version,
                }
            ),
            b = HistoryKeys.Of(Hash, Label("c", true) with { Model = other, Os = "android", OsVersion = otherVersion });
        Assert.Equal(sameModel, a[HistoryKind.PublisherModel] == b[HistoryKind.PublisherModel]);
        Assert.Equal(
            version.EndsWith(otherVersion, StringComparison.Ordinal),
            a[HistoryKind.PublisherOsVersion] == b[HistoryKind.PublisherOsVersion]
        );
    }

    [Fact]
    public void A_placement_is_one_of_its_publishers()
    {
        Assert.NotEqual(
            HistoryKeys.Of(Hash, Label("c", true) with { Placement = "top" })[HistoryKind.Placement],
            HistoryKeys.Of(Hash, Label("c", true) with { Publisher = "other", Placement = "top" })[
                HistoryKind.Placement
            ]
        );
    }

    [Fact]
    public void A_label_is_known_once_its_minute_has_ended_and_the_activation_delay_passed()
    {
        _histories.Add(Label("c-1", false), T + Minute - 1);
        Assert.Equal(0, Seen(Publisher, T + Minute + 1_999));
        Assert.Equal(1, Seen(Publisher, T + Minute + 2_000), 3);
        Assert.Equal(0, _histories.All(Histories.MinuteOf(T + Minute + 1_999)).Seen);
        Assert.Equal(1, _histories.All(Histories.MinuteOf(T + Minute + 2_000)).Seen, 3);
    }

    [Fact]
    public void Half_of_a_count_is_forgotten_in_thirty_days()
    {
        _histories.Add(Label("c-1", false), T);
        _histories.Add(Label("c-2", true), T + 30 * Day);
        HistoryCount count = Of(Publisher, T + 60 * Day + 2_000);
        Assert.Equal(0.25, count.Bad, 4);
        Assert.Equal(0.75, count.Seen, 4);
    }

    [Fact]
    public void A_later_label_of_the_same_source_takes_the_place_of_the_earlier_from_its_own_minute_on()
    {
        _histories.Add(Label("c-1", false), T);
        Assert.Equal(LabelOutcome.Replaced, _histories.Add(Label("c-1", true), T + 5 * Minute));
        Assert.Equal(1, Of(Publisher, T + 4 * Minute).Bad, 3);
        Assert.Equal(0, Of(Publisher, T + 7 * Minute).Bad);
        Assert.Equal(1, Of(Publisher, T + 7 * Minute).Seen, 3);
    }

    [Fact]
    public void Labels_of_two_sources_stand_side_by_side()
    {
        _histories.Add(Label("c-1", false), T);
        Assert.Equal(LabelOutcome.Counted, _histories.Add(Label("c-1", true) with { Source = "conversion" }, T));
        Assert.Equal(2, Seen(Publisher, T + 2 * Minute), 3);
        Assert.Equal(1, Of(Publisher, T + 2 * Minute).Bad, 3);
    }

    [Fact]
    public void A_label_without_weight_takes_the_earlier_back_and_need_not_say_where_the_click_was_made()
    {
        _histories.Add(Label("c-1", false), T);
        Assert.Equal(
            LabelOutcome.Replaced,
            _histories.Add(Label("c-1", false) with { Publisher = "", Weight = 0 }, T + 3 * Day)
        );
        // From the minute after its own.
        Assert.Equal(1, Seen(Publisher, T + 3 * Day + 2 * Minute), 0);
        Assert.Equal(0, Seen(Publisher, T + 3 * Day + 3 * Minute), 12);
    }

    [Fact]
    public void A_label_without_a_publisher_is_not_counted()
    {
        Assert.Equal(
            LabelOutcome.Unplaced,
            _histories.Add(Label("c-1", false) with { Publisher = "", Campaign = "cmp-1" }, T)
        );
        Assert.True(_histories.IsEmpty);
        Assert.Equal(0, _histories.Keys);
    }

    [Fact]
    public void The_order_in_which_partitions_are_read_changes_nothing()
    {
        (LabelEvent Label, long Time)[] labels =
        [
            .. Enumerable
                .Range(0, 7)
                .Select(i => (Label($"c-{i}", i % 3 == 0) with { Weight = 1 + i }, T + i * 9 * Minute)),
        ];
        foreach ((LabelEvent label, long time) in labels)
        {
            _histories.Add(label, time);
        }

        var reversed = new Histories(Hash);
        foreach ((LabelEvent label, long time) in labels.Reverse())
        {
            reversed.Add(label, time);
        }

        for (long time = T; time < T + 80 * Minute; time += Minute)
        {
            HistoryCount expected = Of(Publisher, time),
                actual = reversed.Of(Publisher, Histories.MinuteOf(time));
            Assert.Equal(expected.Bad, actual.Bad, 9);
            Assert.Equal(expected.Seen, actual.Seen, 9);
        }
    }

    [Fact]
    public void Before_the_minutes_that_a_key_keeps_the_oldest_stands_in()
    {
        for (int i = 0; i < HistorySeries.MaxMinutes + 2; i++)
        {
            _histories.Add(Label($"c-{i}", false), T + i * Minute);
        }

        Assert.Equal(3, Seen(Publisher, T), 2);
        AssertAlmost(HistorySeries.MaxMinutes + 2, Seen(Publisher, T + 200 * Minute));
        _histories.Add(Label("late", false), T);
        AssertAlmost(HistorySeries.MaxMinutes + 3, Seen(Publisher, T + 200 * Minute));
    }

    /// <summary>Within what is forgotten in a few hours.</summary>
    private static void AssertAlmost(double expected, double actual) =>
        Assert.InRange(actual, expected - 0.5, expected);

    [Fact]
    public void Beyond_the_bounds_the_oldest_label_is_forgotten_and_further_keys_are_not_kept()
    {
        var histories = new Histories(Hash, new HistoryLimits { Keys = 1, Labels = 2 });
        for (int i = 0; i < 3; i++)
        {
            histories.Add(Label($"c-{i}", false), T);
        }

        Assert.Equal(LabelOutcome.Counted, histories.Add(Label("c-0", false), T));
        Assert.Equal(LabelOutcome.Replaced, histories.Add(Label("c-2", false), T));
        histories.Add(Label("c-9", false) with { Publisher = "other" }, T);
        Assert.Equal((1, 1), (histories.Keys, histories.Refused));
        Assert.Equal(5, histories.All(Histories.MinuteOf(T + 2 * Minute)).Seen, 2);
    }

    [Fact]
    public void A_time_that_is_none_does_no_harm()
    {
        foreach (long time in new[] { long.MinValue, -1, 0, long.MaxValue })
        {
            _histories.Add(Label($"c{time}", false), time);
        }

        Assert.InRange(Seen(Publisher, T), 0, 4);
        Assert.InRange(Seen(Publisher, long.MaxValue), 0, 4);
    }

    [Fact]
    public void Looking_up_allocates_nothing()
    {
        _histories.Add(Label("c-1", false), T);
        double sum = Seen(Publisher, T + Day);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++)
        {
            sum += _histories.Of(Publisher, Histories.MinuteOf(T + i * Minute)).Seen;
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.True(sum > 900);
    }

    [Fact]
    public void Every_record_of_labels_is_accounted_for()
    {
        var intake = new LabelIntake(_histories);
        Assert.False(Take(intake, Events.Label("c-1").Publisher("p").ToJson()).IsError);
        Assert.False(Take(intake, Events.Label("c-1", valid: true).Publisher("p").ToJson()).IsError);
        Assert.False(Take(intake, Events.Label("c-2").ToJson()).IsError);
        Assert.Equal("type", Take(intake, Events.Click("c-3").ToJson()).Detail);
        Assert.False(
            Take(
                intake,
                Events
                    .Click("c-4")
                    .ToJson()
                    .Replace(
                        "\"id\":\"c-4\"",
                        "\"click\":\"c-4\",\"valid\":true,\"source\":\"s\"",
                        StringComparison.Ordinal
                    ),
                ("ce_type", "label")
            ).IsError
        );
        Assert.Equal(DeadLetterReason.Malformed, Take(intake, "{}", ("content-type", "application/protobuf")).Reason);
        Assert.Equal((6, 1, 1, 2), (intake.Read, intake.Replaced, intake.Unplaced, intake.DeadLettered));
        Assert.Equal(2, _histories.All(Histories.MinuteOf(T + 2 * Minute)).Seen, 3);
    }

    private static Engine.Pipeline.Decode.DecodeError Take(
        LabelIntake intake,
        string value,
        params (string Key, string Value)[] headers
    )
    {
        var message = new Message<byte[], byte[]>
        {
            Value = Encoding.UTF8.GetBytes(value),
            Headers = [],
            Timestamp = new Timestamp(T, TimestampType.CreateTime),
        };
        foreach ((string key, string text) in headers)
        {
            message.Headers.Add(key, Encoding.UTF8.GetBytes(text));
        }

        return intake.Take(message, T);
    }

    private static ulong Publisher => Fingerprints.Publisher(Hash, "pub-1"u8);

    private static LabelEvent Label(string click, bool valid) =>
        new()
        {
            Click = click,
            Time = T,
            Valid = valid,
            Source = "analyst",
            Publisher = "pub-1",
        };

    private HistoryCount Of(ulong key, long logTime) => _histories.Of(key, Histories.MinuteOf(logTime));

    private double Seen(ulong key, long logTime) => Of(key, logTime).Seen;
}
