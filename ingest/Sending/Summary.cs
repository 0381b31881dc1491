namespace Ingest.Sending;

/// <summary>What a command that sent events says at its end.</summary>
internal static class Summary
{
    /// <param name="counts">Events by type.</param>
    /// <param name="sent">Events that the broker has acknowledged.</param>
    /// <param name="refused">Lines that couldn't be sent.</param>
    /// <param name="doomed">Of the events sent, those that the engine will put among the dead letters.</param>
    internal static void Write(
        TextWriter to,
        IReadOnlyDictionary<string, long> counts,
        long sent,
        long refused,
        long doomed,
        TimeSpan took
    )
    {
        foreach ((string type, long count) in counts)
        {
            to.WriteLine($"{type,-18} {count,12:N0}");
        }

        to.WriteLine($"{"sent",-18} {sent,12:N0}");
        if (doomed > 0)
        {
            to.WriteLine($"{"  to dead letters",-18} {doomed,12:N0}");
        }

        to.WriteLine($"{"refused",-18} {refused,12:N0}");
        double seconds = Math.Max(0.001, took.TotalSeconds);
        to.WriteLine($"{"seconds",-18} {seconds,12:N1}");
        to.WriteLine($"{"events/s",-18} {sent / seconds,12:N0}");
    }
}
