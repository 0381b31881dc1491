using Engine.Client;

namespace Ingest.Http.Links;

/// <summary>Waits for a click's verdict by asking Redis again and again.</summary>
internal sealed class VerdictWait(VerdictLookup verdicts, TimeProvider clock)
{
    private static readonly TimeSpan FirstAfter = TimeSpan.FromMilliseconds(2),
        AskEvery = TimeSpan.FromMilliseconds(2);

    /// <summary>Returns the verdict; null if there is none in time.</summary>
    /// <exception cref="StackExchange.Redis.RedisException">Redis is unavailable.</exception>
    internal async Task<Verdict?> ForAsync(string click, TimeSpan within, CancellationToken cancel)
    {
        long since = clock.GetTimestamp();
        for (TimeSpan pause = FirstAfter; ; pause = AskEvery)
        {
            TimeSpan left = within - clock.GetElapsedTime(since);
            if (left <= TimeSpan.Zero)
            {
                return null;
            }

            await Task.Delay(pause < left ? pause : left, clock, cancel).ConfigureAwait(false);
            if (await verdicts.GetAsync(click).WaitAsync(left, clock, cancel).ConfigureAwait(false) is { } verdict)
            {
                return verdict;
            }
        }
    }
}
