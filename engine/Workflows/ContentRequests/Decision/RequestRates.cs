using Engine.Contracts;

namespace Engine.Workflows.ContentRequests.Decision;

/// <summary>The request rates of sponsors and networks, by log time. The counts depend only on the events of the last
/// minute, so rebuilding a partition from before that gives the same counts.</summary>
public sealed class RequestRates
{
    /// <summary>The stretch of the log that a rebuild must read for complete counts.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMilliseconds(WindowBuckets * HopMs);

    /// <summary>The number of hops in a minute; the window covers between 50 s and 60 s.</summary>
    private const int WindowBuckets = 6;
    private const long HopMs = 10_000,
        SecondMs = 1000;

    /// <summary>The maximum number of networks per hop, some 10 MB; further ones have no rate limit in it.</summary>
    private const int MaxNetworks = 200_000;

    private readonly Dictionary<IpAddress, int>[] _hops =
    [
        .. Enumerable.Range(0, WindowBuckets).Select(_ => new Dictionary<IpAddress, int>()),
    ];
    private readonly long[] _hopOf = new long[WindowBuckets];
    private readonly Dictionary<string, (long Second, long Count)> _sponsors = new(StringComparer.Ordinal);

    /// <summary>Counts a request of a network. Returns the network's requests within the minute.</summary>
    public long Network(IpAddress address, long logTime)
    {
        IpAddress network = address.Network;
        long hop = logTime / HopMs;
        int at = (int)(hop % WindowBuckets);
        Dictionary<IpAddress, int> now = _hops[at];
        if (_hopOf[at] != hop)
        {
            now.Clear();
            _hopOf[at] = hop;
        }
        if (now.Count < MaxNetworks || now.ContainsKey(network))
        {
            System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(now, network, out _)++;
        }

        long sum = 0;
        for (int i = 0; i < WindowBuckets; i++)
        {
            if (_hopOf[i] > hop - WindowBuckets && _hops[i].TryGetValue(network, out int count))
            {
                sum += count;
            }
        }

        return sum;
    }

    /// <summary>Counts a request of a known sponsor. Returns its number within the current second of log
    /// time.</summary>
    public long Sponsor(string sponsor, long logTime)
    {
        ref (long Second, long Count) rate =
            ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_sponsors, sponsor, out _);
        long second = logTime / SecondMs;
        if (rate.Second != second)
        {
            rate = (second, 0);
        }

        return ++rate.Count;
    }
}
