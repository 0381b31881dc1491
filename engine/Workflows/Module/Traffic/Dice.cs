using System.Numerics;

namespace Engine.Workflows.Module.Traffic;

/// <summary>Random numbers that are the same for the same seed on every machine and in every version of .NET, which
/// <see cref="Random"/> doesn't promise: xoshiro256** (Blackman and Vigna 2018), seeded by splitmix64. Not
/// thread-safe.</summary>
public sealed class Dice
{
    private ulong _a,
        _b,
        _c,
        _d;

    public Dice(ulong seed, ulong stream)
    {
        ulong state = seed ^ Mix(stream + 0x9E3779B97F4A7C15);
        (_a, _b, _c, _d) = (Next(ref state), Next(ref state), Next(ref state), Next(ref state));
    }

    /// <summary>Hashes a number to a well-mixed one, for ids.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    public ulong Bits()
    {
        ulong result = BitOperations.RotateLeft(_b * 5, 7) * 9;
        ulong shifted = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= shifted;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>From 0 (inclusive) to 1 (exclusive).</summary>
    public double Unit() => (Bits() >> 11) * (1.0 / (1UL << 53));

    public double Between(double low, double high) => low + (high - low) * Unit();

    /// <summary>From <paramref name="low"/> (inclusive) to <paramref name="high"/> (exclusive).</summary>
    public int Whole(int low, int high) => low + (int)(Unit() * (high - low));

    public bool Chance(double probability) => Unit() < probability;

    public T Pick<T>(IReadOnlyList<T> from) => from[Whole(0, from.Count)];

    /// <summary>Box-Muller transform, using one of the pair.</summary>
    public double Normal(double mean, double deviation) =>
        mean + deviation * Math.Sqrt(-2 * Math.Log(1 - Unit())) * Math.Cos(2 * Math.PI * Unit());

    public double LogNormal(double median, double sigma) => median * Math.Exp(Normal(0, sigma));

    public double Exponential(double mean) => -mean * Math.Log(1 - Unit());

    /// <summary>A gamma variate of integer shape: the sum of <paramref name="shape"/> exponentials.</summary>
    public double Gamma(int shape, double scale)
    {
        double sum = 0;
        for (int i = 0; i < shape; i++)
        {
            sum += Exponential(scale);
        }

        return sum;
    }

    /// <summary>From 0 (inclusive) to <paramref name="count"/> (exclusive), low numbers most often: weights fall as
    /// 1/(n+1)^0.8.</summary>
    public int Popular(int count)
    {
        // Inverts the distribution function of the continuous law: exact enough, as the weights are made up anyway.
        const double Rest = 0.2;
        double top = Math.Pow(count + 1, Rest) - 1;
        return Math.Min(count - 1, (int)(Math.Pow(1 + Unit() * top, 1 / Rest) - 1));
    }

    private static ulong Next(ref ulong state) => Mix(state += 0x9E3779B97F4A7C15);
}
