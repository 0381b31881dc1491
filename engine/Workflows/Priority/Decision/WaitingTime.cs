namespace Engine.Workflows.Priority.Decision;

/// <summary>The time an instance has waited, in ageing steps of its definition. Waiting before an earlier worker took
/// it still counts.</summary>
/// <param name="AgeingMs">The length of one step.</param>
/// <param name="Steps">The number of complete steps.</param>
/// <param name="WaitedMs">The waiting time beyond them.</param>
/// <param name="CountedTo">The log time up to which waiting is counted, ms.</param>
public readonly record struct WaitingTime(long AgeingMs, long Steps, long WaitedMs, long CountedTo)
{
    /// <summary>The log time at which the next step is complete, if it keeps waiting.</summary>
    public long NextStep => CountedTo + AgeingMs - WaitedMs;

    /// <summary>Counts the waiting time up to now. Counting in parts gives the same result as counting once.</summary>
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
