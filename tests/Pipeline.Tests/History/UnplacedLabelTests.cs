using System.Text;
using Confluent.Kafka;
using Engine.Pipeline.Consume.Labels;
using Engine.Pipeline.History;
using Engine.Primitives;
using Tests.Support;
using Xunit;

namespace Pipeline.Tests.History;

/// <summary>Labels that don't say where their click was made count by what the click itself says.</summary>
public sealed class UnplacedLabelTests
{
    private const long T = Events.Start,
        Minute = 60_000;
    private static readonly KeyedHash Hash = new(7, 11);
    private static readonly ClickDimensions Place = new()
    {
        Publisher = "pub-1",
        Placement = "top",
        Campaign = "cmp-1",
        Ip = "203.0.113.9",
        Model = "A1",
        Os = "Android",
        OsVersion = "14",
        Offset = 7,
    };

    private readonly LabelIntake _intake = new(new Histories(Hash));

    [Fact]
    public void A_label_counts_from_the_minute_after_its_own_for_every_key_of_its_click_once_that_is_told()
    {
        Take(Events.Label("c-1"), T);
        Assert.Equal((1, 1, 0), (_intake.Read, _intake.Unplaced, _intake.Placed));
        Assert.True(_intake.Histories.IsEmpty);
        _intake.Place("c-1", Place);
        Assert.Equal((1, 1, 1), (_intake.Read, _intake.Unplaced, _intake.Placed));
        HistoryKeys keys = HistoryKeys.Of(
            Hash,
            Place.Complete(
                new LabelEvent
                {
                    Click = "c-1",
                    Time = T,
                    Valid = false,
                    Source = "analyst",
                }
            )
        );
        foreach (HistoryKind kind in Enum.GetValues<HistoryKind>())
        {
            Assert.Equal(1, Seen(keys[kind], T + 2 * Minute), 3);
            Assert.Equal(0, Seen(keys[kind], T + Minute));
        }
    }

    [Fact]
    public void A_place_told_before_its_labels_serves_them_all()
    {
        _intake.Place("c-1", Place);
        Take(Events.Label("c-1", source: "analyst"), T);
        Take(Events.Label("c-1", source: "refund"), T);
        Assert.Equal(2, _intake.Histories.All((T / Minute) + 2).Seen, 3);
        Assert.Equal(2, _intake.Placed);
    }

    [Fact]
    public void Of_two_labels_of_a_source_that_wait_the_later_counts()
    {
        Take(Events.Label("c-1", valid: false), T);
        Take(Events.Label("c-1", valid: true), T + 1);
        Take(Events.Label("c-1", valid: false, source: "refund"), T + 2);
        _intake.Place("c-1", Place);
        HistoryCount all = _intake.Histories.All((T / Minute) + 2);
        Assert.Equal((1.0, 2.0), (Math.Round(all.Bad, 3), Math.Round(all.Seen, 3)));
    }

    [Fact]
    public void A_label_that_says_its_place_itself_makes_an_earlier_one_of_its_source_count_for_nothing()
    {
        Take(Events.Label("c-1", valid: false), T);
        Take(Events.Label("c-1", valid: true).Publisher("pub-1"), T + 1);
        _intake.Place("c-1", Place);
        HistoryCount all = _intake.Histories.All((T / Minute) + 2);
        Assert.Equal((0.0, 1.0), (Math.Round(all.Bad, 3), Math.Round(all.Seen, 3)));
    }

    [Fact]
    public void A_place_told_twice_counts_once()
    {
        Take(Events.Label("c-1"), T);
        _intake.Place("c-1", Place);
        _intake.Place("c-1", Place);
        Assert.Equal(1, _intake.Histories.All((T / Minute) + 2).Seen, 3);
    }

    [Fact]
    public void Beyond_the_bound_the_oldest_wait_no_longer_and_are_asked_for_no_longer()
    {
        var waiting = new PendingLabels(bound: 3);
        for (int i = 0; i < 5; i++)
        {
            Assert.Null(waiting.Complete(Label($"c-{i}"), T));
        }

        long next = 0;
        Assert.Equal(["c-2", "c-3", "c-4"], waiting.ReadFrom(ref next).Select(click => click.Click));
        Assert.Empty(waiting.ReadFrom(ref next));
        Assert.Empty(waiting.Place("c-1", Place));
        Assert.Single(waiting.Place("c-4", Place));
    }

    [Fact]
    public void A_place_reads_back_from_its_record()
    {
        string key = ClickDimensions.Key("c/1/x", "interactions-2");
        Assert.Equal("label/c/1/x/interactions-2", key);
        Assert.Equal(Place, ClickDimensions.Read(key, Place.Value(), out string click));
        Assert.Equal("c/1/x", click);
        foreach (string other in new[] { "label/x", "network/203.0.113.0/24/interactions-1", "label//interactions-1" })
        {
            Assert.Null(ClickDimensions.Read(other, Place.Value(), out _));
        }

        Assert.Null(ClickDimensions.Read(key, "{"u8, out _));
        Assert.Null(ClickDimensions.Read(key, """{"publisher":"p"}"""u8, out _));
    }

    private static LabelEvent Label(string click) =>
        new()
        {
            Click = click,
            Time = T,
            Valid = false,
            Source = "analyst",
        };

    private void Take(EventBuilder label, long logTime) =>
        Assert.False(
            _intake
                .Take(
                    new Message<byte[], byte[]>
                    {
                        Value = Encoding.UTF8.GetBytes(label.ToJson()),
                        Timestamp = new Timestamp(logTime, TimestampType.CreateTime),
                    },
                    logTime
                )
                .IsError
        );

    private double Seen(ulong key, long at) => _intake.Histories.Of(key, at / Minute).Seen;
}
