using System.Runtime.InteropServices;

namespace Engine.Pipeline.Windows;

/// <summary>
/// Memory for tables that are read at random places, in pages of 2 MB where the system gives them: with pages of 4 KB each read would miss the
/// processor's table of pages as well as its caches. Where it gives none (Linux's <c>transparent_hugepage</c> set to <c>never</c>, other
/// systems), the same memory in small pages.
/// </summary>
internal static unsafe partial class HugePages
{
    public const int Bytes = 2 * 1024 * 1024;

    /// <summary>MADV_HUGEPAGE of madvise(2).</summary>
    private const int Advice = 14;

    /// <summary>Memory that isn't cleared; less than a page of 2 MB comes as it always does. To be freed by <see cref="Free"/>.</summary>
    public static void* Allocate(nuint bytes)
    {
        if (bytes < Bytes) return NativeMemory.AlignedAlloc(bytes, 64);
        void* memory = NativeMemory.AlignedAlloc(bytes, Bytes);
        if (OperatingSystem.IsLinux()) _ = Advise(memory, bytes, Advice);
        return memory;
    }

    public static void Free(void* memory) => NativeMemory.AlignedFree(memory);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* memory, nuint bytes, int advice);
}
