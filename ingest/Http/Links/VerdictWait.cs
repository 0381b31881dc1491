using Engine.Client;

namespace Ingest.Http.Links;

/// <summary>Waits for clicks' verdicts: on the channel, and by asking Redis again and again. An engine that doesn't
/// write plain verdicts tells of them on the channel only.</summary>
internal sealed class VerdictWait(VerdictLookup verdicts, VerdictChannel channel, TimeProvider clock)
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(2),
        AskEveryIfHeard = TimeSpan.FromMilliseconds(25);

    /// <summary>Begins to wait for a click's verdict. Call it before the click is sent: what was published before isn't
    /// heard.</summary>
    internal Expected Expect(string click) => new(this, click, channel.Expect(click));

    /// <summary>A verdict that is waited for; dispose it when it no longer is.</summary>
    internal sealed class Expected(VerdictWait wait, string click, Task<Verdict> heard) : IDisposable
    {
        /// <summary>Returns the verdict; null if there is none in time.</summary>
        /// <exception cref="StackExchange.Redis.RedisException">Redis is unavailable.</exception>
        internal Task<Verdict?> WithinAsync(TimeSpan within, CancellationToken cancel) =>
            wait.ForAsync(click, heard, within, cancel);

        public void Dispose() => wait.Forget(click);
    }

    private void Forget(string click) => channel.Forget(click);

    private async Task<Verdict?> ForAsync(string click, Task<Verdict> heard, TimeSpan within, CancellationToken cancel)
    {
        long since = clock.GetTimestamp();
        while (true)
        {
            TimeSpan left = within - clock.GetElapsedTime(since),
                pause = channel.IsHeard ? AskEveryIfHeard : AskEvery;
            if (left <= TimeSpan.Zero)
            {
                return null;
            }

            await Task.WhenAny(heard, Task.Delay(pause < left ? pause : left, clock, cancel)).ConfigureAwait(false);
            cancel.ThrowIfCancellationRequested();
            if (heard.IsCompletedSuccessfully)
            {
                return await heard.ConfigureAwait(false);
            }

            if (await verdicts.GetAsync(click).WaitAsync(left, clock, cancel).ConfigureAwait(false) is { } verdict)
            {
                return verdict;
            }
        }
    }
}
