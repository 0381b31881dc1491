using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Engine.Primitives;

/// <summary>64-bit fingerprints of text, keyed with secrets: attackers choose the text and must not be able to choose
/// collisions. Multiply and fold, as in wyhash (Wang Yi, public domain design). The secrets are created once per group
/// and stored with its base settings, so every instance and every rescoring computes the same fingerprints. Among ten
/// million keys, the probability of any collision is 3 in a million.</summary>
public readonly struct KeyedHash(ulong secret0, ulong secret1)
{
    // Mixed, so that even secrets of a few bits, as in tests, fill all 64.
    private readonly ulong _a = (secret0 ^ 0x9E3779B97F4A7C15) * 0xBF58476D1CE4E5B9 | 1,
        _b = (secret1 ^ 0xD1B54A32D192ED03) * 0x94D049BB133111EB;

    /// <summary>Computes a text's fingerprint. The <paramref name="salt"/> separates domains: one id as a visitor and
    /// as a campaign has two fingerprints. Never 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Of(ReadOnlySpan<byte> text, ulong salt)
    {
        ref byte at = ref MemoryMarshal.GetReference(text);
        int length = text.Length;
        ulong seed = _b ^ salt * 0x9E3779B97F4A7C15,
            low,
            high;
        if (length <= 16)
        {
            if (length >= 8)
            {
                low = Unsafe.ReadUnaligned<ulong>(ref at);
                high = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref at, length - 8));
            }
            else if (length >= 4)
            {
                low = Unsafe.ReadUnaligned<uint>(ref at);
                high = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref at, length - 4));
            }
            else if (length > 0)
            {
                low = (ulong)at << 16 | (ulong)Unsafe.Add(ref at, length >> 1) << 8 | Unsafe.Add(ref at, length - 1);
                high = 0;
            }
            else
            {
                (low, high) = (0, 0);
            }
        }
        else
        {
            int left = length;
            while (left > 16)
            {
                seed = Fold(
                    Unsafe.ReadUnaligned<ulong>(ref at) ^ _a,
                    Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref at, 8)) ^ seed
                );
                at = ref Unsafe.Add(ref at, 16);
                left -= 16;
            }
            low = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref at, left - 16));
            high = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref at, left - 8));
        }
        return Finish(Fold(low ^ _a, high ^ seed), (ulong)length);
    }

    /// <summary>Combines two fingerprints into one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Of(ulong first, ulong second, ulong salt) =>
        Finish(Fold(first ^ _a, second ^ _b ^ salt * 0x9E3779B97F4A7C15), salt);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Finish(ulong folded, ulong length)
    {
        ulong hash = Fold(folded ^ 0x8EBC6AF09C88C6E3, _a ^ length);
        return hash == 0 ? 1 : hash;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return high ^ low;
    }
}
