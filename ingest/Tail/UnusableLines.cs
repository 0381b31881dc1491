namespace Ingest.Tail;

/// <summary>
/// Tells of lines that can't be used, with file, line and why: so many a minute, of the rest the number, for a log may
/// be full of them.
/// </summary>
internal sealed class UnusableLines(TextWriter to, TimeProvider time)
{
    private const int ShownAMinute = 20;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private long _since = time.GetTimestamp();
    private long _inMinute;

    /// <summary>All of them so far.</summary>
    internal long Count { get; private set; }

    internal void Add(string file, long line, string why)
    {
        Tell();
        Count++;
        if (_inMinute++ < ShownAMinute)
        {
            to.WriteLine($"{file}:{line}: {why}");
        }
    }

    /// <summary>Says how many weren't shown, once their minute is over.</summary>
    internal void Tell()
    {
        if (time.GetElapsedTime(_since) < Minute)
        {
            return;
        }

        End();
        _since = time.GetTimestamp();
    }

    /// <summary>Says how many weren't shown.</summary>
    internal void End()
    {
        if (_inMinute > ShownAMinute)
        {
            to.WriteLine($"and {_inMinute - ShownAMinute:N0} lines more that can't be used");
        }

        _inMinute = 0;
    }
}
