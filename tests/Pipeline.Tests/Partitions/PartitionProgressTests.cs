using Engine.Partitions;
using Xunit;

namespace Pipeline.Tests.Partitions;

/// <summary>The value of <c>progress</c>, which others than the engine may read.</summary>
public sealed class PartitionProgressTests
{
    [Fact]
    public void It_is_an_offset_a_space_and_a_log_time()
    {
        var progress = new PartitionProgress(118, 1763769600123);
        Assert.Equal("118 1763769600123", progress.ToString());
        Assert.Equal(progress, PartitionProgress.Parse("118 1763769600123"));
    }

    [Fact]
    public void Nothing_is_no_progress() => Assert.Null(PartitionProgress.Parse(""));

    [Theory]
    [InlineData("118")]
    [InlineData("118 ")]
    [InlineData("-1 5")]
    [InlineData("118 1763769600123 1")]
    [InlineData("1e3 5")]
    public void Anything_else_is_refused_with_what_came(string text) =>
        Assert.Contains($"'{text}'", Assert.Throws<FormatException>(() => PartitionProgress.Parse(text)).Message);
}
