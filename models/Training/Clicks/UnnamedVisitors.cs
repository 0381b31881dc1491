using Engine.Pipeline.Features;
using Models.Training.Data;

namespace Models.Training.Clicks;

/// <summary>Makes what is counted uninformative for clicks that name neither a visitor nor an agent. All people behind
/// one address count as one visitor there, but the generator gives most people an address of their own: a forest would
/// learn that two unnamed clicks in quick succession are a robot's. The limits of <c>rate.*</c> still hold for
/// them.</summary>
internal static class UnnamedVisitors
{
    private const int FirstCount = (int)ClickFeature.Ip60,
        EndOfCounts = (int)ClickFeature.IpGap + 1;

    /// <summary>Exchanges the counts and gaps of unnamed clicks among each other at random, each click's
    /// together.</summary>
    public static void ShuffleCounts(Rows rows, int seed)
    {
        int[] unnamed =
        [
            .. Enumerable
                .Range(0, rows.Count)
                .Where(row =>
                    rows[row][(int)ClickFeature.HasVisitor] == 0 && rows[row][(int)ClickFeature.AgentLength] == 0
                ),
        ];
        float[][] counts = [.. unnamed.Select(row => rows[row][FirstCount..EndOfCounts])];
        new Random(seed).Shuffle(counts);
        foreach ((int row, float[] others) in unnamed.Zip(counts))
        {
            others.CopyTo(rows[row], FirstCount);
        }
    }
}
