namespace Models.Training.Paths;

/// <summary>Draws from the distributions of motions and recorders. All randomness comes from one seeded
/// source.</summary>
public static class Chance
{
    /// <summary>Draws uniformly from a range.</summary>
    public static double Even(this Random random, double from, double to) => from + ((to - from) * random.NextDouble());

    /// <summary>Draws log-uniformly from a range.</summary>
    public static double LogEven(this Random random, double from, double to) =>
        Math.Exp(random.Even(Math.Log(from), Math.Log(to)));

    /// <summary>Draws from the standard normal distribution (Box and Muller).</summary>
    public static double Normal(this Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>Draws from a Gamma distribution with an integer shape and a mean.</summary>
    public static double Gamma(this Random random, int shape, double mean)
    {
        double sum = 0;
        for (int i = 0; i < shape; i++)
        {
            sum -= Math.Log(1 - random.NextDouble());
        }

        return sum * mean / shape;
    }

    /// <summary>Returns true with a probability.</summary>
    public static bool Is(this Random random, double probability) => random.NextDouble() < probability;

    /// <summary>Picks an item.</summary>
    public static T Of<T>(this Random random, IReadOnlyList<T> items) => items[random.Next(items.Count)];
}
