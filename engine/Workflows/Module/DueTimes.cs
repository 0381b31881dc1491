namespace Engine.Workflows.Module;

/// <summary>The timers of a partition, one for each name. They fire by due time, then by name, whatever the machine's
/// culture, so the order of results depends only on the log. Not thread-safe.</summary>
public sealed class DueTimes
{
    private readonly Dictionary<string, long> _dueOf = new(StringComparer.Ordinal);
    private readonly SortedSet<(long Due, string Name)> _inOrder = new(
        Comparer<(long Due, string Name)>.Create(
            (a, b) => a.Due != b.Due ? a.Due.CompareTo(b.Due) : string.CompareOrdinal(a.Name, b.Name)
        )
    );

    /// <summary>When the next timer falls due, ms of log time; <see cref="long.MaxValue"/> for never.</summary>
    public long Next => _inOrder.Count == 0 ? long.MaxValue : _inOrder.Min.Due;

    /// <summary>The timer that falls due next. There must be one.</summary>
    public (long Due, string Name) First => _inOrder.Min;

    /// <summary>The names whose timers are due before a time, in order.</summary>
    public IEnumerable<string> Before(long time) =>
        _inOrder.TakeWhile(timer => timer.Due < time).Select(timer => timer.Name);

    /// <summary>Sets the timer of a name in place of the one that it has; <see cref="long.MaxValue"/> removes
    /// it.</summary>
    public void Set(string name, long due)
    {
        if (_dueOf.Remove(name, out long before))
        {
            _inOrder.Remove((before, name));
        }

        if (due != long.MaxValue)
        {
            _dueOf[name] = due;
            _inOrder.Add((due, name));
        }
    }
}
