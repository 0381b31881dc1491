using Engine.Primitives;

namespace Engine.Pipeline.Consume.Lanes;

/// <summary>Measures how long it takes from a batch taken until its verdicts are acknowledged.</summary>
internal sealed class DeliveryLatency(TimeProvider clock)
{
    private readonly Queue<(long Written, long TakenAt)> _batches = new();
    private readonly LatencyHistogram _histogram = new();

    /// <summary>A batch is decided, and its results are written to Redis.</summary>
    /// <param name="written">Commands written so far.</param>
    /// <param name="takenAt">Monotonic time at which it was taken.</param>
    public void Add(long written, long takenAt) => _batches.Enqueue((written, takenAt));

    /// <param name="acknowledged">Commands acknowledged so far.</param>
    public void Measure(long acknowledged)
    {
        while (_batches.TryPeek(out (long Written, long TakenAt) batch) && batch.Written <= acknowledged)
        {
            _batches.Dequeue();
            _histogram.Add((long)clock.GetElapsedTime(batch.TakenAt).TotalMicroseconds);
        }
    }

    /// <summary>A quantile, ms.</summary>
    public double Quantile(double share) => _histogram.Quantile(share) / 1000.0;
}
