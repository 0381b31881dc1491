using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Pipeline.Windows;

/// <summary>Counts of a pair of keys that came more than once: ten minutes in hops of 120 s, an hour in hops of 600 s.
/// As pairs are many, it takes only a quarter of a cache line. Counts saturate at 255; limits on pairs are far below
/// that.</summary>
[StructLayout(LayoutKind.Sequential, Size = Bytes)]
public unsafe struct PairCounts
{
    public const int Bytes = 16;

    private const int TenMinuteHops = 5,
        HourHops = 6,
        HopsInLong = 5;
    private const long HopMs = 120_000;

    /// <summary>Offset of the counts in bytes.</summary>
    private const int CountsAt = 4;

    /// <summary>The latest hop of 120 s with a count, since the epoch.</summary>
    private uint _head;

    private fixed byte _tenMinutes[TenMinuteHops];
    private fixed byte _hour[HourHops];

    /// <summary>Whether the windows of a later time no longer contain anything of an earlier one.</summary>
    public static bool IsOver(long time, in WindowBuckets at)
    {
        uint hop = (uint)(time / HopMs);
        return at.TwoMinutes > hop && (at.TwoMinutes / HopsInLong) - (hop / HopsInLong) >= HourHops;
    }

    /// <summary>Counts an event and writes the windows that end with it, ten minutes and the hour, as two floats to
    /// <paramref name="windows"/>. Equals <see cref="Add"/> and <see cref="Count"/>, which it falls back to for an
    /// event earlier than the latest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Take(in WindowBuckets at, ref float windows)
    {
        if (at.TwoMinutes > _head)
        {
            Advance(at.TwoMinutes);
        }

        if (at.TwoMinutes != _head || !Ssse3.IsSupported)
        {
            TakeEarlier(at.Time, ref windows);
            return;
        }
        fixed (PairCounts* pair = &this)
        {
            byte* counts = (byte*)pair + CountsAt;
            Increment(ref counts[at.TwoMinutesPlace]);
            Increment(ref counts[TenMinuteHops + at.TenMinuteSlot]);
            // Ten minutes' counts go to the low half, the hour's to the high half; then each half's bytes are summed.
            Vector128<byte> halves = Ssse3.Shuffle(
                Vector128.Load((byte*)pair),
                Vector128.Create((byte)4, 5, 6, 7, 8, 0x80, 0x80, 0x80, 9, 10, 11, 12, 13, 14, 0x80, 0x80)
            );
            Vector128<ushort> sums = Sse2.SumAbsoluteDifferences(halves, Vector128<byte>.Zero);
            windows = sums[0];
            Unsafe.Add(ref windows, 1) = sums[4];
        }
    }

    private void TakeEarlier(long time, ref float windows)
    {
        Add(time);
        Count(time, out int tenMinutes, out int hour);
        (windows, Unsafe.Add(ref windows, 1)) = (tenMinutes, hour);
    }

    /// <summary>Counts one event at <paramref name="time"/> ms. An event too old for a window leaves that window
    /// unchanged.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(long time)
    {
        uint hop = (uint)(time / HopMs);
        if (hop > _head)
        {
            Advance(hop);
        }

        if (_head - hop < TenMinuteHops)
        {
            Increment(ref _tenMinutes[hop % TenMinuteHops]);
        }

        uint tens = hop / HopsInLong;
        if (_head / HopsInLong - tens < HourHops)
        {
            Increment(ref _hour[tens % HourHops]);
        }
    }

    /// <summary>Counts the events in the windows that end at <paramref name="time"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Count(long time, out int tenMinutes, out int hour)
    {
        uint hop = (uint)(time / HopMs),
            tens = hop / HopsInLong,
            headTens = _head / HopsInLong;
        (tenMinutes, hour) = (0, 0);
        for (uint i = 0; i < TenMinuteHops; i++)
        {
            if (IsIn(_head - i, hop, TenMinuteHops))
            {
                tenMinutes += _tenMinutes[(_head - i) % TenMinuteHops];
            }
        }

        for (uint i = 0; i < HourHops; i++)
        {
            if (IsIn(headTens - i, tens, HourHops))
            {
                hour += _hour[(headTens - i) % HourHops];
            }
        }
    }

    /// <summary>Whether a hop is in the window of <paramref name="hops"/> hops that ends with
    /// <paramref name="end"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsIn(uint hop, uint end, uint hops) => end - hop < hops;

    private void Advance(uint hop)
    {
        uint passed = Math.Min(hop - _head, TenMinuteHops);
        for (uint i = 0; i < passed; i++)
        {
            _tenMinutes[(hop - i) % TenMinuteHops] = 0;
        }

        uint tens = hop / HopsInLong;
        passed = Math.Min(tens - _head / HopsInLong, HourHops);
        for (uint i = 0; i < passed; i++)
        {
            _hour[(tens - i) % HourHops] = 0;
        }

        _head = hop;
    }

    private static void Increment(ref byte count)
    {
        if (count != byte.MaxValue)
        {
            count++;
        }
    }
}
