using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Pipeline.Windows;

/// <summary>Counts of one key (an address, a network, a visitor, a pair) in sliding windows of event time, in one cache
/// line. A window of w seconds consists of the event's hop and the whole hops before it, so it reaches back between w
/// minus one hop and w. Hops are 10 s for the minute, 60 s for ten minutes and 600 s for the hour. Counts saturate at
/// 65,535.</summary>
[StructLayout(LayoutKind.Sequential, Size = Bytes)]
public unsafe struct WindowEntry : IWindowEntry
{
    public const int Bytes = 64;

    private const int MinuteHops = 6,
        TenMinuteHops = 10,
        HourHops = 6;
    private const int TensInMinute = 6,
        TensInTenMinutes = 60;

    /// <summary>Offsets of the rings, in counts of 16 bits.</summary>
    private const int MinuteAt = 10,
        TenMinutesAt = MinuteAt + MinuteHops,
        HourAt = TenMinutesAt + TenMinuteHops;

    /// <summary>The key's fingerprint; 0 in a free slot.</summary>
    public ulong Key { readonly get; set; }

    /// <summary>Event time of the key's latest click, in ms.</summary>
    public long Last { readonly get; set; }

    /// <summary>The latest hop of 10 s with a count, since the epoch; 0 if there is none.</summary>
    private uint _head;

    private fixed ushort _minute[MinuteHops];
    private fixed ushort _tenMinutes[TenMinuteHops];
    private fixed ushort _hour[HourHops];

    /// <summary>Counts an event and writes the windows that end with it, the minute, ten minutes and the hour, as three
    /// floats to <paramref name="windows"/>. Equals <see cref="Add"/> and <see cref="Count"/>, which it falls back to
    /// for an event earlier than the latest.</summary>
    /// <param name="gap">The time since the key's latest event, in ms; negative if there is none within an
    /// hour.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Take(in WindowBuckets at, ref float windows, out long gap)
    {
        gap = at.GapFrom(Last);
        if (at.Time > Last)
        {
            Last = at.Time;
        }

        if (at.Ten > _head)
        {
            Advance(at.Ten);
        }

        if (at.Ten != _head || !Avx2.IsSupported)
        {
            TakeEarlier(at.Time, ref windows);
            return;
        }
        fixed (WindowEntry* entry = &this)
        {
            var counts = (ushort*)entry;
            Increment(ref counts[MinuteAt + at.TenPlace]);
            Increment(ref counts[TenMinutesAt + at.MinutePlace]);
            Increment(ref counts[HourAt + at.TenMinuteSlot]);
            // The vectors cover the last 24 of the line's 32 counts, of which the first two are the head.
            Vector256<int> first =
                Avx2.ConvertToVector256Int32(Vector128.Load(counts + 8))
                & Vector256.Create(0, 0, -1, -1, -1, -1, -1, -1);
            Vector256<int> second = Avx2.ConvertToVector256Int32(Vector128.Load(counts + 16));
            Vector256<int> third = Avx2.ConvertToVector256Int32(Vector128.Load(counts + 24));
            Vector256<int> tail = third & Vector256.Create(-1, -1, 0, 0, 0, 0, 0, 0);
            Vector256<int> sums = Avx2.HorizontalAdd(
                Avx2.HorizontalAdd(first, second + tail),
                Avx2.HorizontalAdd(third - tail, Vector256<int>.Zero)
            );
            Vector128<float> three = Sse2.ConvertToVector128Single(sums.GetLower() + sums.GetUpper());
            windows = three[0];
            Unsafe.Add(ref windows, 1) = three[1];
            Unsafe.Add(ref windows, 2) = three[2];
        }
    }

    private void TakeEarlier(long time, ref float windows)
    {
        Add(time);
        Count(time, out int minute, out int tenMinutes, out int hour);
        (windows, Unsafe.Add(ref windows, 1), Unsafe.Add(ref windows, 2)) = (minute, tenMinutes, hour);
    }

    /// <summary>Counts one event at <paramref name="time"/> ms. An event too old for a window leaves that window
    /// unchanged.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(long time)
    {
        uint hop = (uint)(time / 10_000);
        if (hop > _head)
        {
            Advance(hop);
        }

        fixed (
            ushort* minute = _minute,
                tenMinutes = _tenMinutes,
                hour = _hour
        )
        {
            if (_head - hop < MinuteHops)
            {
                Increment(ref minute[hop % MinuteHops]);
            }

            uint minutes = hop / TensInMinute;
            if (_head / TensInMinute - minutes < TenMinuteHops)
            {
                Increment(ref tenMinutes[minutes % TenMinuteHops]);
            }

            uint tens = hop / TensInTenMinutes;
            if (_head / TensInTenMinutes - tens < HourHops)
            {
                Increment(ref hour[tens % HourHops]);
            }
        }
    }

    /// <summary>Counts the events in the windows that end at <paramref name="time"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Count(long time, out int minute, out int tenMinutes, out int hour)
    {
        uint hop = (uint)(time / 10_000);
        fixed (
            ushort* minuteHops = _minute,
                tenMinuteHops = _tenMinutes,
                hourHops = _hour
        )
        {
            minute = Sum(minuteHops, MinuteHops, _head, hop);
            tenMinutes = Sum(tenMinuteHops, TenMinuteHops, _head / TensInMinute, hop / TensInMinute);
            hour = Sum(hourHops, HourHops, _head / TensInTenMinutes, hop / TensInTenMinutes);
        }
    }

    private void Advance(uint hop)
    {
        fixed (
            ushort* minute = _minute,
                tenMinutes = _tenMinutes,
                hour = _hour
        )
        {
            Clear(minute, MinuteHops, _head, hop);
            Clear(tenMinutes, TenMinuteHops, _head / TensInMinute, hop / TensInMinute);
            Clear(hour, HourHops, _head / TensInTenMinutes, hop / TensInTenMinutes);
        }
        _head = hop;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Clear(ushort* ring, uint size, uint from, uint to)
    {
        if (to - from >= size)
        {
            new Span<ushort>(ring, (int)size).Clear();
            return;
        }
        for (uint hop = from + 1; hop <= to; hop++)
        {
            ring[hop % size] = 0;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Sum(ushort* ring, uint size, uint head, uint at)
    {
        int sum = 0;
        if (at == head)
        {
            for (uint i = 0; i < size; i++)
            {
                sum += ring[i];
            }

            return sum;
        }
        // A time after the head has nothing newer to leave out; the ring holds hops from head - size + 1 to the head.
        if (at > head)
        {
            for (uint hop = at < size ? 0 : at - size + 1; hop <= head; hop++)
            {
                sum += ring[hop % size];
            }

            return sum;
        }
        for (uint hop = head < size ? 0 : head - size + 1; hop <= at; hop++)
        {
            sum += ring[hop % size];
        }

        return sum;
    }

    private static void Increment(ref ushort count)
    {
        if (count != ushort.MaxValue)
        {
            count++;
        }
    }
}

/// <summary>An entry of a <see cref="WindowTable{T}"/>.</summary>
public interface IWindowEntry
{
    /// <summary>The key's fingerprint; 0 in a free slot.</summary>
    ulong Key { get; set; }

    /// <summary>Event time of the key's latest click, in ms. The table evicts the oldest first.</summary>
    long Last { get; }
}
