namespace Models.Training.Paths;

/// <summary>
/// Draws from the distributions that motions and recorders are made of; all chance comes from one seeded source.
/// </summary>
public static class Chance
{
    /// <summary>Evenly between.</summary>
    public static double Even(this Random random, double from, double to) => from + ((to - from) * random.NextDouble());

    /// <summary>Evenly between the logarithms.</summary>
    public static double LogEven(this Random random, double from, double to) =>
        Math.Exp(random.Even(Math.Log(from), Math.Log(to)));

    /// <summary>Normal, mean 0 and deviation 1 (Box and Muller).</summary>
    public static double Normal(this Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>Gamma of a whole shape, with this mean.</summary>
    public static double Gamma(this Random random, int shape, double mean)
    {
        double sum = 0;
        for (int i = 0; i < shape; i++)
        {
            sum -= Math.Log(1 - random.NextDouble());
        }

        return sum * mean / shape;
    }

    /// <summary>True with this probability.</summary>
    public static bool Is(this Random random, double probability) => random.NextDouble() < probability;

    /// <summary>One of them.</summary>
    public static T Of<T>(this Random random, IReadOnlyList<T> items) => items[random.Next(items.Count)];
}
