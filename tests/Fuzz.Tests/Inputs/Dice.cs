namespace Fuzz.Tests.Inputs;

/// <summary>SplitMix64 (Steele, Lea and Flood, 2014). Each input has dice of its own, made of the seed and the input's
/// number, so that any input can be made again without those before it.</summary>
internal sealed class Dice(ulong seed, long number)
{
    private const ulong Gamma = 0x9E3779B97F4A7C15;

    private ulong _state = Mixed(seed) ^ Mixed((ulong)number * Gamma + 1);

    public ulong Next() => Mixed(_state += Gamma);

    /// <summary>Rolls 0 to <paramref name="count"/> - 1.</summary>
    public int Below(int count) => (int)(Next() % (ulong)count);

    public bool OneIn(int count) => Below(count) == 0;

    public T Pick<T>(IReadOnlyList<T> of) => of[Below(of.Count)];

    private static ulong Mixed(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
