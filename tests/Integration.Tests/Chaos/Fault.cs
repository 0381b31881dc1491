namespace Integration.Tests.Chaos;

/// <summary>Something that goes wrong for a while. Its task ends when it is over.</summary>
/// <param name="Name">As the plan tells it.</param>
/// <param name="MinMs">The shortest time that it lasts, ms.</param>
/// <param name="MaxMs">The longest, ms.</param>
/// <param name="StrikeAsync">Gets how long it is to last, and a number to choose its victim by.</param>
internal sealed record Fault(string Name, int MinMs, int MaxMs, Func<TimeSpan, int, Task> StrikeAsync)
{
    /// <summary>Creates one that is over at once.</summary>
    public Fault(string name, Func<int, Task> strikeAsync)
        : this(name, 0, 0, (_, draw) => strikeAsync(draw)) { }
}
