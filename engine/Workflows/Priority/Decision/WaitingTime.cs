namespace Engine.Workflows.Priority.Decision;

/// <summary>
/// How long an instance has waited, in steps of its definition's ageing: what it waited before another worker took it
/// still counts.
/// </summary>
/// <param name="AgeingMs">What one step takes.</param>
/// <param name="Steps">Steps that were waited in full.</param>
/// <param name="WaitedMs">What was waited beyond them.</param>
/// <param name="CountedTo">The log time up to which this is counted, ms.</param>
public readonly record struct WaitingTime(long AgeingMs, long Steps, long WaitedMs, long CountedTo)
{
    /// <summary>The log time at which the next step is full, if it goes on waiting.</summary>
    public long NextStep => CountedTo + AgeingMs - WaitedMs;

    /// <summary>Counts what was waited up to now. Counting in parts comes to the same as counting once.</summary>
    public WaitingTime CountTo(long now, bool isWaiting)
    {
        if (!isWaiting)
        {
            return this with { CountedTo = now };
        }

        long steps = Math.DivRem(WaitedMs + now - CountedTo, AgeingMs, out long waited);
        return new WaitingTime(AgeingMs, Steps + steps, waited, now);
    }
}
