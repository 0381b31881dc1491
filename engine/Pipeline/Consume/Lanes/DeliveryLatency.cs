using Engine.Primitives;

namespace Engine.Pipeline.Consume.Lanes;

/// <summary>Measures the time from receiving a batch until its verdicts are acknowledged.</summary>
internal sealed class DeliveryLatency(TimeProvider clock)
{
    private readonly Queue<(long Written, long TakenAt)> _batches = new();
    private readonly LatencyHistogram _histogram = new();

    /// <summary>Adds a batch that is decided, with its results written to Redis.</summary>
    /// <param name="written">The number of commands written so far.</param>
    /// <param name="takenAt">The monotonic time at which the batch was received.</param>
    public void Add(long written, long takenAt) => _batches.Enqueue((written, takenAt));

    /// <param name="acknowledged">The number of commands acknowledged so far.</param>
    public void Measure(long acknowledged)
    {
        while (_batches.TryPeek(out (long Written, long TakenAt) batch) && batch.Written <= acknowledged)
        {
            _batches.Dequeue();
            _histogram.Add((long)clock.GetElapsedTime(batch.TakenAt).TotalMicroseconds);
        }
    }

    /// <summary>Gets a quantile, ms.</summary>
    public double Quantile(double share) => _histogram.Quantile(share) / 1000.0;
}
