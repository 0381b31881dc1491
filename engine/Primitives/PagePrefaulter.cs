using System.Collections.Concurrent;

namespace Engine.Primitives;

/// <summary>
/// Has pages of tables that grow made before they are used: the system clears a page of 2 MB at its first use, and may
/// have to move others about for it, which takes a lane 5 to 40 ms (docs/performance.md). A thread of the process's
/// asks for them instead. What isn't there in time is made when it is used, as ever; where the system can't be asked
/// (Linux before 5.14, others) that is always so.
/// </summary>
public static unsafe class PagePrefaulter
{
    private static readonly BlockingCollection<(nint At, nuint Bytes)> Asked = [];
    private static readonly Thread Maker = Begin();

    /// <summary>
    /// Pre-faults memory that will be used soon, and returns at once; its contents stay. Any thread. It may be freed
    /// meanwhile: where nothing lies any more the system says so, and makes nothing.
    /// </summary>
    public static void Prefault(void* at, nuint bytes)
    {
        if (Maker.IsAlive)
        {
            Asked.Add(((nint)at, bytes));
        }
    }

    private static Thread Begin()
    {
        var maker = new Thread(Make) { Name = "pages", IsBackground = true };
        maker.Start();
        return maker;
    }

    private static void Make()
    {
        foreach ((nint at, nuint bytes) in Asked.GetConsumingEnumerable())
        {
            // one at a time: while the system makes one, nobody in the process is given memory
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
