using System.Text;
using Confluent.Kafka;
using Engine.Contracts;
using Engine.Partitions;
using Xunit;

namespace Pipeline.Tests.Partitions;

/// <summary>What an owner makes of Redis's answers to its commits.</summary>
public sealed class ProgressCommitterTests
{
    private readonly ProgressCommitter _committer = new(
        new PartitionLease(new TopicPartition("interactions", 2), 3, "10 1000"),
        new RedisKeys("", "engine"),
        TimeSpan.FromDays(35)
    );

    [Fact]
    public void A_commit_is_acknowledged_with_and_without_sums()
    {
        Assert.Null(_committer.Committed);
        Assert.True(_committer.Begin(new PartitionProgress(20, 2000)));
        Assert.Equal(CommitOutcome.Committed, Answered("DONE 5 7"));
        Assert.True(_committer.Begin(new PartitionProgress(30, 3000)));
        Assert.Equal(CommitOutcome.Committed, Answered("DONE"));
        Assert.Equal(new PartitionProgress(30, 3000), _committer.Committed);
    }

    [Fact]
    public void What_is_committed_already_is_not_begun()
    {
        Assert.False(_committer.Begin(new PartitionProgress(10, 1000)));
        Assert.True(_committer.Begin(new PartitionProgress(20, 2000)));
        Answered("DONE");
        Assert.False(_committer.Begin(new PartitionProgress(20, 2000)));
        // log time alone moves progress too
        Assert.True(_committer.Begin(new PartitionProgress(20, 2001)));
    }

    [Theory]
    [InlineData("OWNER", CommitOutcome.Fenced)]
    [InlineData("OFFSET", CommitOutcome.ProgressMoved)]
    [InlineData("RESULTS", CommitOutcome.ResultsMissing)]
    [InlineData("", CommitOutcome.ProgressMoved)]
    public void Whoever_fails_has_committed_nothing(string answer, CommitOutcome outcome)
    {
        Assert.True(_committer.Begin(new PartitionProgress(20, 2000)));
        Assert.Equal(outcome, Answered(answer));
        Assert.Null(_committer.Committed);
    }

    private CommitOutcome Answered(string answer) => _committer.Conclude(Encoding.ASCII.GetBytes(answer));
}
