using System.Collections.Concurrent;

namespace Engine.Pipeline.Consume.Lanes;

/// <summary>How far the lanes of a process are in log time. Thread-safe.</summary>
public sealed class LaneLogTimes
{
    private readonly ConcurrentDictionary<object, long> _lanes = new();
    private long _slowest = long.MaxValue;

    /// <summary>The log time of the partition that lags most, ms; <see cref="long.MaxValue"/> if there is
    /// none.</summary>
    public long Slowest => Volatile.Read(ref _slowest);

    /// <param name="logTime">The log time of the lane's partition that lags most; <see cref="long.MaxValue"/> if it has
    /// none.</param>
    public void Report(object lane, long logTime)
    {
        _lanes[lane] = logTime;
        Volatile.Write(ref _slowest, _lanes.Values.Min());
    }
}
