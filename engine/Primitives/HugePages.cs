using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Engine.Primitives;

/// <summary>Memory for tables with random access, in pages of 2 MB if the system provides them. With pages of 4 KB,
/// each read would miss the TLB as well as the caches. Otherwise (Linux with <c>transparent_hugepage</c> set to
/// <c>never</c>, other systems), the memory is in small pages.</summary>
public static unsafe partial class HugePages
{
    public const int Bytes = 2 * 1024 * 1024;

    private const int Line = 64;

    /// <summary>MADV_HUGEPAGE and MADV_POPULATE_WRITE of madvise(2).</summary>
    private const int Advice = 14,
        Populate = 23;

    /// <summary>EINVAL of errno(3): the system doesn't know the advice.</summary>
    private const int Unknown = 22;

    /// <summary>Allocates memory that isn't cleared; less than 2 MB comes in small pages. Release it with <see
    /// cref="Free"/>.</summary>
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

    /// <summary>Allocates a zeroed array that never moves, in huge pages if it spans one. The garbage collector frees
    /// it.</summary>
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

    /// <summary>Gets the number of items before the first whole cache line of a pinned array.</summary>
    public static int ToLine<T>(T[] array)
        where T : unmanaged
    {
        nuint start = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array));
        return (int)(((start + Line - 1) / Line * Line - start) / (nuint)sizeof(T));
    }

    /// <summary>Prefetches the cache lines of a value.</summary>
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

    /// <summary>Makes the system populate pages, as if they were written to. Returns false if it doesn't support
    /// that.</summary>
    public static bool TryMake(void* memory, nuint bytes) =>
        OperatingSystem.IsLinux() && (Advise(memory, bytes, Populate) == 0 || Marshal.GetLastPInvokeError() != Unknown);

    public static void Free(void* memory) => NativeMemory.AlignedFree(memory);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    private static partial int Advise(void* memory, nuint bytes, int advice);
}
