using Engine.Pipeline.Replay.Residuals;
using Engine.Pipeline.Replay.Signatures;
using Xunit;

namespace Models.Tests;

public class SlippedResidualTests
{
    [Fact]
    public void Paths_that_jump_are_laid_by_the_median_of_their_differences()
    {
        var random = new Random(6);
        float[] a = new float[Residual.Padded],
            b = new float[Residual.Padded],
            moved = new float[Residual.Padded],
            apart = new float[PathSignature.Points];
        for (int round = 0; round < 200; round++)
        {
            // whole numbers of few values, so that many differences are equal
            foreach (ref float value in a.AsSpan())
            {
                value = random.Next(-6, 7) * (round % 3);
            }

            foreach (ref float value in b.AsSpan())
            {
                value = random.Next(-300, 300);
            }

            Residual.Pad(a);
            Residual.Pad(b);
            foreach (int axis in (int[])[0, Residual.YAt])
            {
                for (int i = 0; i < apart.Length; i++)
                {
                    apart[i] = a[axis + 1 + i] - b[axis + 1 + i];
                }

                Array.Sort(apart);
                for (int i = 0; i < apart.Length + 2; i++)
                {
                    moved[axis + i] = a[axis + i] - ((apart[31] + apart[32]) / 2);
                }
            }

            Assert.Equal(Residual.Between(moved, b, 16 * 16), SlippedResidual.Between(a, b));
        }
    }
}
