using Engine.Primitives;
using Xunit;

namespace Pipeline.Tests.Windows;

public sealed class RankedTests
{
    [Theory]
    [InlineData(1, 10)]
    [InlineData(2, 1)]
    [InlineData(100, 3)]
    [InlineData(3_584, 40)]
    [InlineData(3_584, 1_000_000)]
    public void A_value_by_rank_is_the_one_that_sorting_puts_there_and_lower_ones_stand_before_it(int count, int range)
    {
        var random = new Random(count + range);
        long[] values = [.. Enumerable.Range(0, count).Select(_ => (long)random.Next(-range, range))];
        long[] sorted = [.. values.Order()];
        for (int rank = 0; rank < count; rank = rank * 2 + 1)
        {
            Assert.Equal(sorted[rank], QuickSelect.At(values, rank));
            Assert.Equal(
                sorted.Count(value => value < sorted[rank]),
                ((ReadOnlySpan<long>)values)[..rank].CountBelow(sorted[rank])
            );
            Assert.Equal(sorted, values.Order());
        }
    }
}
