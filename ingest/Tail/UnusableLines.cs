namespace Ingest.Tail;

/// <summary>Reports lines that can't be used, with file, line number and reason. A log may be full of them, so it
/// reports a limited number per minute, and only counts the rest.</summary>
internal sealed class UnusableLines(TextWriter to, TimeProvider time)
{
    private const int ShownPerMinute = 20;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private long _since = time.GetTimestamp();
    private long _inMinute;

    /// <summary>The number of all such lines so far.</summary>
    internal long Count { get; private set; }

    internal void Add(string file, long line, string why)
    {
        if (Counts())
        {
            Show(file, line, why);
        }
    }

    /// <summary>Counts a line. Returns whether to <see cref="Show"/> it.</summary>
    internal bool Counts()
    {
        Tell();
        Count++;
        return _inMinute++ < ShownPerMinute;
    }

    internal void Show(string file, long line, string why) => to.WriteLine($"{file}:{line}: {why}");

    /// <summary>Reports how many lines weren't shown, once their minute is over.</summary>
    internal void Tell()
    {
        if (time.GetElapsedTime(_since) < Minute)
        {
            return;
        }

        End();
        _since = time.GetTimestamp();
    }

    /// <summary>Reports how many lines weren't shown.</summary>
    internal void End()
    {
        if (_inMinute > ShownPerMinute)
        {
            to.WriteLine($"and {_inMinute - ShownPerMinute:N0} more lines that can't be used");
        }

        _inMinute = 0;
    }
}
