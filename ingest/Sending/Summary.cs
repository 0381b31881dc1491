namespace Ingest.Sending;

/// <summary>Writes the final summary of a command that sent events.</summary>
internal static class Summary
{
    /// <param name="counts">The number of events by type.</param>
    /// <param name="sent">The number of events that the broker has acknowledged.</param>
    /// <param name="refused">The number of lines that couldn't be sent.</param>
    /// <param name="deadLetters">The number of sent events that the engine will make dead letters of.</param>
    internal static void Write(
        TextWriter to,
        IReadOnlyDictionary<string, long> counts,
        long sent,
        long refused,
        long deadLetters,
        TimeSpan took
    )
    {
        foreach ((string type, long count) in counts)
        {
            to.WriteLine($"{type,-18} {count,12:N0}");
        }

        to.WriteLine($"{"sent",-18} {sent,12:N0}");
        if (deadLetters > 0)
        {
            to.WriteLine($"{"  to dead letters",-18} {deadLetters,12:N0}");
        }

        to.WriteLine($"{"refused",-18} {refused,12:N0}");
        double seconds = Math.Max(0.001, took.TotalSeconds);
        to.WriteLine($"{"seconds",-18} {seconds,12:N1}");
        to.WriteLine($"{"events/s",-18} {sent / seconds,12:N0}");
    }
}
