using Engine.Pipeline.Replay;
using Xunit;

namespace Models.Tests;

public class MeansTableTests
{
    [Fact]
    public void Vectors_find_the_means_that_the_scalar_twin_finds()
    {
        var random = new Random(8);
        for (int round = 0; round < 2000; round++)
        {
            ulong[] all = [.. Enumerable.Range(0, 8).Select(_ => random.Next(3) == 0 ? 0 : Bytes(random, 100, 140))];
            ulong low = Bytes(random, 98, 108),
                high = Bytes(random, 125, 142);
            uint near = BlockMeans.NearOfEight(in all[0], low, high);
            Assert.Equal(
                all.Select(m => BlockMeans.IsNear(m, low, high)),
                Enumerable.Range(0, 8).Select(i => (near >> i & 1) != 0)
            );
        }
    }

    [Fact]
    public void The_table_of_means_finds_what_was_added_and_not_what_was_removed()
    {
        var random = new Random(5);
        var table = new MeansTable(200);
        var there = new Dictionary<int, ulong>();
        for (int step = 0; step < 20_000; step++)
        {
            if (there.Count == 200 || (there.Count > 0 && random.Next(2) == 0))
            {
                int gone = there.Keys.ElementAt(random.Next(there.Count));
                table.Remove(there[gone], gone);
                there.Remove(gone);
            }
            else
            {
                there[step] = Bytes(random, 120, 136);
                Assert.True(table.Add(there[step], step));
            }

            if (step % 50 == 0)
            {
                ulong low = Bytes(random, 118, 124),
                    high = Bytes(random, 126, 132);
                var found = new int[256];
                int[] homes = new int[MeansTable.MaxHomes];
                ReadOnlySpan<int> asked = homes.AsSpan(0, table.Homes(low, high, homes));
                table.PrefetchChains(asked);
                int count = table.Find(low, high, asked, found);
                Assert.Equal(
                    there.Where(p => BlockMeans.IsNear(p.Value, low, high)).Select(p => p.Key).Order(),
                    found[..count].Order()
                );
            }
        }
    }

    private static ulong Bytes(Random random, int low, int high) =>
        Enumerable.Range(0, 8).Aggregate(0UL, (sum, i) => sum | ((ulong)random.Next(low, high) << (8 * i)));
}
