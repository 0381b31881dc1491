using Engine.Pipeline.Knowledge;
using Engine.Pipeline.Standing;
using Xunit;

namespace Pipeline.Tests.Knowledge;

/// <summary>What is told is used from the record on that a mark names, whenever it was read.</summary>
public sealed class PartitionKnowledgeTests
{
    private readonly MarkSequence _marks = new();
    private readonly List<string> _applied = [];
    private readonly PartitionKnowledge _knowledge;
    private int _number;

    public PartitionKnowledgeTests() =>
        _knowledge = new PartitionKnowledge(_marks, sums => _applied.Add(sums.Sums.Name));

    [Fact]
    public void What_was_told_waits_for_a_mark_that_covers_it()
    {
        Tell(0, 0, "a");
        Tell(0, 1, "b");
        _knowledge.Advance(100);
        Assert.Empty(_applied);

        Mark(from: 10, standings: 1);
        Mark(from: 20, standings: 2);
        _knowledge.Advance(9);
        Assert.Empty(_applied);
        Assert.Equal(10, _knowledge.NextFrom);
        _knowledge.Advance(10);
        Assert.Equal(["a"], _applied);
        Assert.Equal(20, _knowledge.NextFrom);
        _knowledge.Advance(25);
        Assert.Equal(["a", "b"], _applied);
        Assert.Equal(long.MaxValue, _knowledge.NextFrom);
        Assert.Equal([2], _knowledge.Known.Standings);
    }

    [Fact]
    public void It_comes_in_the_order_of_partition_and_offset_however_it_was_read()
    {
        Tell(1, 0, "1/0");
        Tell(0, 0, "0/0");
        Tell(1, 1, "1/1");
        Tell(0, 1, "0/1");
        Mark(from: 0, 2, 2);
        _knowledge.Advance(0);

        Assert.Equal(["0/0", "0/1", "1/0", "1/1"], _applied);
    }

    /// <summary>A new owner follows the topic before it has read its beginning, so some comes twice.</summary>
    [Fact]
    public void What_is_restored_comes_first_and_nothing_comes_twice()
    {
        Tell(0, 8, "8");
        Tell(0, 9, "9");
        _knowledge.Restore([new(0, 3, Sums("3")), new(0, 8, Sums("8")), new(0, 9, Sums("9"))]);
        Tell(0, 10, "10");
        Mark(from: 0, standings: 9);
        Mark(from: 5, standings: 11);
        _knowledge.Advance(4);
        Assert.Equal(["3", "8"], _applied);
        _knowledge.Advance(5);
        Assert.Equal(["3", "8", "9", "10"], _applied);
    }

    [Fact]
    public void Marks_that_come_later_at_the_same_offset_are_put_in_force_too()
    {
        Tell(0, 0, "a");
        Tell(0, 1, "b");
        Mark(from: 7, standings: 1);
        _knowledge.Advance(7);
        Mark(from: 7, standings: 2);
        _knowledge.Advance(7);

        Assert.Equal(["a", "b"], _applied);
    }

    private void Tell(int partition, long offset, string name) => _knowledge.Tell(partition, offset, Sums(name));

    private static WrittenSums Sums(string name) => new(3, 1, new StandingSums { Name = name });

    private void Mark(long from, params long[] standings) =>
        Assert.True(_marks.Add(new Mark(1, ++_number, from, from + 500, new KnownOffsets(standings, [], [], []))));
}
