namespace Engine.CommandLine;

/// <summary>Reports a command's progress: every second to a terminal, otherwise every 10 s, so that logs stay
/// short.</summary>
public sealed class ProgressLine(TextWriter to, TimeProvider time, bool isTerminal)
{
    private readonly TimeSpan _every = TimeSpan.FromSeconds(isTerminal ? 1 : 10);
    private readonly long _start = time.GetTimestamp();
    private long _last = time.GetTimestamp();
    private long _lastCount;

    /// <summary>The time since the command began.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_start);

    /// <summary>Writes a line if one is due. Call it as often as you like.</summary>
    /// <param name="sent">Events sent so far.</param>
    /// <param name="total">The total number of events, or 0 if it is unknown.</param>
    public void Tell(long sent, long total)
    {
        TimeSpan since = time.GetElapsedTime(_last);
        if (since < _every)
        {
            return;
        }

        double rate = (sent - _lastCount) / since.TotalSeconds;
        to.WriteLine(
            total > 0 ? $"{sent:N0} of {total:N0} events sent, {rate:N0}/s" : $"{sent:N0} events sent, {rate:N0}/s"
        );
        (_last, _lastCount) = (time.GetTimestamp(), sent);
    }
}
