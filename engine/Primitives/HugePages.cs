using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Engine.Primitives;

/// <summary>
/// Memory for tables that are read at random places, in pages of 2 MB where the system gives them: with pages of 4 KB
/// each read would miss the processor's table of pages as well as its caches. Where it gives none (Linux's
/// <c>transparent_hugepage</c> set to <c>never</c>, other systems), the same memory in small pages.
/// </summary>
public static unsafe partial class HugePages
{
    public const int Bytes = 2 * 1024 * 1024;

    private const int Line = 64;

    /// <summary>MADV_HUGEPAGE and MADV_POPULATE_WRITE of madvise(2).</summary>
    private const int Advice = 14,
        Populate = 23;

    /// <summary>EINVAL of errno(3): a system that doesn't know what it is asked.</summary>
    private const int Unknown = 22;

    /// <summary>
    /// Memory that isn't cleared; less than a page of 2 MB comes as it always does. To be freed by <see cref="Free"/>.
    /// </summary>
    public static void* Allocate(nuint bytes)
    {
        if (bytes < Bytes)
        {
            return NativeMemory.AlignedAlloc(bytes, 64);
        }

        void* memory = NativeMemory.AlignedAlloc(bytes, Bytes);
        if (OperatingSystem.IsLinux())
        {
            _ = Advise(memory, bytes, Advice);
        }

        return memory;
    }

    /// <summary>
    /// An array of zeros that never moves, in such pages where it has room for one. It is the collector's to free.
    /// </summary>
    public static T[] Array<T>(int length)
        where T : unmanaged
    {
        T[] array = GC.AllocateArray<T>(length, pinned: true);
        nuint bytes = (nuint)length * (nuint)sizeof(T),
            start = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array));
        nuint first = (start + Bytes - 1) / Bytes * Bytes,
            last = (start + bytes) / Bytes * Bytes;
        if (OperatingSystem.IsLinux() && last > first)
        {
            _ = Advise((void*)first, last - first, Advice);
        }

        return array;
    }

    /// <summary>How many items of an array that never moves lie before its first whole cache line.</summary>
    public static int ToLine<T>(T[] array)
        where T : unmanaged
    {
        nuint start = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array));
        return (int)(((start + Line - 1) / Line * Line - start) / (nuint)sizeof(T));
    }

    /// <summary>Asks for the cache lines of a value that is read soon.</summary>
    public static void Fetch<T>(ref readonly T value)
        where T : unmanaged
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        byte* at = (byte*)Unsafe.AsPointer(ref Unsafe.AsRef(in value));
        for (int b = 0; b < sizeof(T); b += Line)
        {
            Sse.Prefetch0(at + b);
        }

        Sse.Prefetch0(at + sizeof(T) - 1);
    }

    /// <summary>
    /// Has the system make memory's pages, as if they were written to; false where it doesn't know how.
    /// </summary>
    public static bool TryMake(void* memory, nuint bytes) =>
        OperatingSystem.IsLinux() && (Advise(memory, bytes, Populate) == 0 || Marshal.GetLastPInvokeError() != Unknown);

    public static void Free(void* memory) => NativeMemory.AlignedFree(memory);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    private static partial int Advise(void* memory, nuint bytes, int advice);
}
