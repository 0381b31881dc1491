using System.Text;
using Engine.Pipeline.Knowledge;
using Xunit;

namespace Pipeline.Tests.Knowledge;

/// <summary>Which marks count, by their order in the topic alone.</summary>
public sealed class MarkSequenceTests
{
    private readonly MarkSequence _marks = new();

    [Fact]
    public void Marks_of_one_ownership_follow_each_other()
    {
        Add(owner: 1, number: 1, from: 0);
        Add(owner: 1, number: 2, from: 50);
        Add(owner: 1, number: 3, from: 90);

        Assert.Equal([0L, 50, 90], _marks.From(0).Select(mark => mark.From));
        Assert.Equal([50L, 90], _marks.From(60).Select(mark => mark.From));
        Assert.Equal(50, _marks.At(89)!.From);
        Assert.Equal(90, _marks.At(90)!.From);
        Assert.Null(new MarkSequence().At(5));
    }

    [Fact]
    public void A_takeover_voids_what_the_earlier_owner_marked_from_there_on_and_all_it_marks_later()
    {
        Add(owner: 1, number: 1, from: 0);
        Add(owner: 1, number: 2, from: 50);
        Add(owner: 1, number: 3, from: 120);
        Add(owner: 2, number: 1, from: 100);
        Assert.False(_marks.Add(Of(owner: 1, number: 4, from: 130)));
        Add(owner: 2, number: 2, from: 140);

        Assert.Equal([(1L, 0L), (1, 50), (2, 100), (2, 140)], _marks.From(0).Select(mark => (mark.Owner, mark.From)));
        Assert.Equal(2, _marks.Owner);
    }

    [Fact]
    public void A_running_engine_keeps_only_the_marks_that_a_takeover_may_need()
    {
        var bounded = new MarkSequence(() => 2_000);
        for (int i = 1; i <= 50_000; i++)
        {
            bounded.Add(Of(owner: 1, number: i, from: i * 10L));
        }

        IReadOnlyList<Mark> kept = bounded.From(0);
        Assert.InRange(kept.Count, 2_000, 4_000);
        Assert.Equal(500_000, kept[^1].From);
        Assert.Equal(490_000, bounded.At(490_005)!.From);
    }

    /// <summary>Redis may lose its counter of ownerships, which then begins again.</summary>
    [Fact]
    public void The_topics_order_counts_and_not_the_ownerships_numbers()
    {
        Add(owner: 7, number: 1, from: 0);
        Add(owner: 1, number: 1, from: 20);
        Add(owner: 1, number: 2, from: 30);
        Assert.False(_marks.Add(Of(owner: 7, number: 2, from: 40)));

        Assert.Equal([0L, 20, 30], _marks.From(0).Select(mark => mark.From));
    }

    [Fact]
    public void Of_several_marks_from_one_offset_each_follows_the_one_before()
    {
        Mark first = Of(owner: 1, number: 1, from: 10),
            second = Of(owner: 1, number: 2, from: 10),
            third = Of(owner: 1, number: 3, from: 10);
        foreach (Mark mark in (Mark[])[first, second, third])
        {
            Assert.True(_marks.Add(mark));
        }

        Assert.Same(third, _marks.At(10));
        Assert.Equal([third], _marks.After(second));
        Assert.Equal([third], _marks.From(10));
    }

    /// <summary>A log whose first marks are gone, as retention has passed.</summary>
    [Fact]
    public void The_first_mark_read_begins_an_ownership_whatever_its_number()
    {
        Add(owner: 4, number: 900, from: 1_000);
        Add(owner: 4, number: 901, from: 1_100);

        Assert.Equal(4, _marks.Owner);
        Assert.Equal([1_000L, 1_100], _marks.From(0).Select(mark => mark.From));
    }

    [Fact]
    public void A_mark_is_read_as_it_was_written()
    {
        var mark = new Mark(17, 3, 120, 620, new KnownOffsets([5, 0, 1L << 40], [7], [], [12]));
        byte[] value = mark.Value();

        Assert.Equal(
            """{"owner":17,"number":3,"from":120,"until":620,"standings":[5,0,1099511627776],"path-signatures":[7],"labels":[],"followed":[12]}""",
            Encoding.UTF8.GetString(value)
        );
        Mark read = Mark.Read(value)!;
        Assert.Equal((17L, 3, 120L, 620L), (read.Owner, read.Number, read.From, read.Until));
        Assert.True(read.Known.IsSame(mark.Known));
        Assert.False(read.IsFirst);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no mark")]
    [InlineData("{}")]
    [InlineData("""{"owner":"x","number":1,"from":0,"until":1,"standings":[],"path-signatures":[],"labels":[]}""")]
    [InlineData("""{"owner":1,"number":1,"from":0,"until":1,"standings":[1.5],"path-signatures":[],"labels":[]}""")]
    [InlineData("""{"owner":1,"number":1,"from":0,"until":1,"standings":3,"path-signatures":[],"labels":[]}""")]
    public void What_is_no_mark_is_not_read(string value) => Assert.Null(Mark.Read(Encoding.UTF8.GetBytes(value)));

    private void Add(long owner, int number, long from) => Assert.True(_marks.Add(Of(owner, number, from)));

    private static Mark Of(long owner, int number, long from) =>
        new(owner, number, from, from + 500, KnownOffsets.Nothing);
}
