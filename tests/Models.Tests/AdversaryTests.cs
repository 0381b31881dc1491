using Models.Training.Data;
using Models.Training.Paths;
using Xunit;

namespace Models.Tests;

public class AdversaryTests
{
    private static readonly People Material = new([
        new PathRecord(
            "one",
            "test",
            "person",
            false,
            "human",
            Made(i => i * 16),
            Made(i => 10 * i),
            Made(i => (float)(30 * Math.Sin(i / 9.0)))
        ),
    ]);

    public static TheoryData<string> Families => [.. Adversaries.All.Select(a => a.Family)];

    [Theory, MemberData(nameof(Families))]
    public void A_family_moves_by_finite_steps_and_never_back_in_time(string family)
    {
        var make = Adversaries.All.Single(a => a.Family == family).Make;
        for (int seed = 0; seed < 200; seed++)
        {
            Motion motion = make(new Random(seed), Material);
            Assert.True(motion.Count >= 4, $"seed {seed}: {motion.Count} points");
            Assert.True(
                motion.T.Zip(motion.T.Skip(1)).All(pair => pair.First <= pair.Second),
                $"seed {seed} goes back in time"
            );
            Assert.All(motion.X.Concat(motion.Y), v => Assert.InRange(v, -20_000, 20_000));
        }
    }

    [Theory, MemberData(nameof(Families))]
    public void The_same_seed_makes_the_same_motion(string family)
    {
        var make = Adversaries.All.Single(a => a.Family == family).Make;
        Motion one = make(new Random(7), Material),
            again = make(new Random(7), Material),
            other = make(new Random(8), Material);
        Assert.Equal(one.X, again.X);
        Assert.Equal(one.T, again.T);
        Assert.NotEqual(one.X, other.X);
    }

    private static float[] Made(Func<int, float> value) => [.. Enumerable.Range(0, 60).Select(value)];
}
