using System.Runtime.InteropServices;

namespace Engine.Pipeline.Windows;

/// <summary>The log-odds of one key's paths in the last hour of event time, in one cache line. The hour is the event's
/// hop of ten minutes and the five whole hops before it. Sums are integers, so the order of their parts doesn't
/// matter.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
public unsafe struct SeriesEntry : IWindowEntry
{
    private const int Hops = 6;
    private const long HopMs = 600_000;

    /// <summary>The key's fingerprint; 0 in a free slot.</summary>
    public ulong Key { readonly get; set; }

    /// <summary>Event time of the key's latest path, in ms.</summary>
    public long Last { readonly get; set; }

    /// <summary>The latest hop with a path, since the epoch; 0 if there is none.</summary>
    private uint _head;

    private fixed int _sums[Hops];
    private fixed ushort _counts[Hops];

    /// <summary>Adds a path. One too old for the window changes nothing.</summary>
    /// <param name="time">Its event time, ms.</param>
    /// <param name="milliLogOdds">Its log-odds times 1,000.</param>
    public void Add(long time, int milliLogOdds)
    {
        uint hop = (uint)(time / HopMs);
        if (hop > _head)
        {
            Advance(hop);
        }

        Last = Math.Max(Last, time);
        uint place = hop % Hops;
        if (_head - hop >= Hops || _counts[place] == ushort.MaxValue)
        {
            return;
        }

        _sums[place] += milliLogOdds;
        _counts[place]++;
    }

    /// <summary>Adds up the window that ends at <paramref name="time"/>.</summary>
    /// <param name="paths">The number of paths.</param>
    /// <returns>Their log-odds, times 1,000.</returns>
    public readonly long Sum(long time, out int paths)
    {
        long sum = 0;
        paths = 0;
        uint at = (uint)(time / HopMs);
        for (uint back = 0; back < Hops; back++)
        {
            uint hop = _head - back;
            if (hop <= at && at - hop < Hops)
            {
                sum += _sums[hop % Hops];
                paths += _counts[hop % Hops];
            }
        }

        return sum;
    }

    private void Advance(uint hop)
    {
        uint cleared = Math.Min(hop - _head, Hops);
        for (uint i = 0; i < cleared; i++)
        {
            uint place = (hop - i) % Hops;
            (_sums[place], _counts[place]) = (0, 0);
        }

        _head = hop;
    }
}
