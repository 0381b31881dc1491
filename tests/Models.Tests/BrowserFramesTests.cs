using Models.Training.Paths;
using Xunit;

namespace Models.Tests;

public sealed class BrowserFramesTests
{
    [Fact]
    public void A_page_sees_a_program_once_a_frame_at_most_and_the_last_place_always()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            Motion seen = BrowserFrames.Record(Every(3, 400), new Random(seed));
            Assert.Equal((399, 798), (seen.X[^1], seen.Y[^1]));
            double[] waits = [.. seen.T.Zip(seen.T.Skip(1), (before, after) => after - before)];
            Assert.All(waits, wait => Assert.True(wait >= 0, $"seed {seed} goes back in time"));
            // 400 moves in 1.2 s are 3 to 6 in each frame: what the page sees has a frame's pace, or a slower one
            Assert.InRange(waits.Order().ElementAt(waits.Length / 2), 7, 60);
        }
    }

    [Fact]
    public void Places_are_whole_pixels_and_the_same_seed_records_the_same()
    {
        Motion one = BrowserFrames.Record(Every(7, 90), new Random(5)),
            again = BrowserFrames.Record(Every(7, 90), new Random(5));
        Assert.Equal(one.T, again.T);
        Assert.Equal(one.X, again.X);
        Assert.All(one.X.Concat(one.Y), place => Assert.Equal(Math.Round(place), place));
    }

    private static Motion Every(double ms, int points)
    {
        var motion = new Motion();
        for (int i = 0; i < points; i++)
        {
            motion.Add(i * ms, i, 2 * i);
        }

        return motion;
    }
}
