namespace Bench.EndToEnd;

/// <summary>Waits for something that comes by itself.</summary>
internal static class Waiting
{
    private const int LookEveryMs = 5;

    /// <exception cref="TimeoutException">It didn't come in time.</exception>
    public static void Until(string what, Func<bool> holds, TimeSpan within, TimeProvider clock)
    {
        using var pause = new ManualResetEventSlim();
        for (long since = clock.GetTimestamp(); !holds();)
        {
            if (clock.GetElapsedTime(since) > within)
            {
                throw new TimeoutException($"after {within.TotalMinutes} minutes it doesn't hold that {what}");
            }

            pause.Wait(LookEveryMs);
        }
    }
}
