using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Engine.Pipeline.Windows;

/// <summary>
/// Counts of a pair of keys, half a cache line, since pairs are many: ten minutes in hops of 120 s, an hour in hops of 600 s. Counts of a
/// hop end at 255; limits on pairs lie far below.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = Bytes)]
public unsafe struct PairEntry : IWindowEntry
{
    public const int Bytes = 32;

    private const int TenMinuteHops = 5, HourHops = 6, HopsInLong = 5;
    private const long HopMs = 120_000;

    public ulong Key { readonly get; set; }

    public long Last { readonly get; set; }

    /// <summary>The latest hop of 120 s that was counted in, since the epoch.</summary>
    private uint _head;

    private fixed byte _tenMinutes[TenMinuteHops];
    private fixed byte _hour[HourHops];

    /// <summary>Counts one event at <paramref name="time"/> ms; events too old for a window leave it alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(long time)
    {
        uint hop = (uint)(time / HopMs);
        if (hop > _head) Advance(hop);
        if (_head - hop < TenMinuteHops) Increment(ref _tenMinutes[hop % TenMinuteHops]);
        uint tens = hop / HopsInLong;
        if (_head / HopsInLong - tens < HourHops) Increment(ref _hour[tens % HourHops]);
    }

    /// <summary>How many events lie in the windows that end with <paramref name="time"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Count(long time, out int tenMinutes, out int hour)
    {
        uint hop = (uint)(time / HopMs), tens = hop / HopsInLong, headTens = _head / HopsInLong;
        (tenMinutes, hour) = (0, 0);
        for (uint i = 0; i < TenMinuteHops; i++)
            if (IsIn(_head - i, hop, TenMinuteHops)) tenMinutes += _tenMinutes[(_head - i) % TenMinuteHops];
        for (uint i = 0; i < HourHops; i++)
            if (IsIn(headTens - i, tens, HourHops)) hour += _hour[(headTens - i) % HourHops];
    }

    /// <summary>Whether a hop lies in the window of so many hops that ends with another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsIn(uint hop, uint end, uint hops) => end - hop < hops;

    private void Advance(uint hop)
    {
        uint passed = Math.Min(hop - _head, TenMinuteHops);
        for (uint i = 0; i < passed; i++) _tenMinutes[(hop - i) % TenMinuteHops] = 0;
        uint tens = hop / HopsInLong;
        passed = Math.Min(tens - _head / HopsInLong, HourHops);
        for (uint i = 0; i < passed; i++) _hour[(tens - i) % HourHops] = 0;
        _head = hop;
    }

    private static void Increment(ref byte count)
    {
        if (count != byte.MaxValue) count++;
    }
}
