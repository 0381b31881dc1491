using System.Collections.Concurrent;

namespace Engine.Primitives;

/// <summary>Pre-faults huge pages of growing tables in the background. The system clears a page of 2 MB at its first
/// use, and may have to compact memory for it, which stalls a lane for 5 to 40 ms (docs/performance.md). A thread does
/// that ahead of use. A page that isn't ready in time faults on first use as usual; without support (Linux before 5.14,
/// other systems), every page does.</summary>
public static unsafe class PagePrefaulter
{
    private static readonly BlockingCollection<(nint At, nuint Bytes)> Requested = [];
    private static readonly Thread Worker = StartWorker();

    /// <summary>Queues memory that will be used soon, and returns at once. Its contents don't change. Thread-safe. The
    /// memory may be freed meanwhile: the system reports an unmapped range and does nothing.</summary>
    public static void Prefault(void* at, nuint bytes)
    {
        if (Worker.IsAlive)
        {
            Requested.Add(((nint)at, bytes));
        }
    }

    private static Thread StartWorker()
    {
        var maker = new Thread(Run) { Name = "pages", IsBackground = true };
        maker.Start();
        return maker;
    }

    private static void Run()
    {
        foreach ((nint at, nuint bytes) in Requested.GetConsumingEnumerable())
        {
            // One at a time: while the system populates a page, no other thread of the process gets memory.
            for (nuint made = 0; made < bytes; made += HugePages.Bytes)
            {
                if (!HugePages.TryMake((void*)(at + (nint)made), Math.Min(bytes - made, HugePages.Bytes)))
                {
                    return;
                }
            }
        }
    }
}
