using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Tests.Support;

/// <summary>Memory that ends where a page ends that nobody may read: one byte too far stops the process.</summary>
public sealed unsafe partial class GuardedPage : IDisposable
{
    private const int ReadWrite = 3,
        None = 0,
        PrivateAnonymous = 0x22;

    private readonly nint _start;
    private readonly nuint _readable,
        _all;

    public GuardedPage(int bytes)
    {
        nuint page = (nuint)Environment.SystemPageSize;
        _readable = ((nuint)bytes + page - 1) / page * page;
        _all = _readable + page;
        _start = Map(0, _all, ReadWrite, PrivateAnonymous, -1, 0);
        if (_start == -1)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }

        if (Protect(_start + (nint)_readable, page, None) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Puts a value at the very end of what may be read.</summary>
    public byte* Place(ReadOnlySpan<byte> value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((nuint)value.Length, _readable, nameof(value));
        byte* at = (byte*)_start + _readable - value.Length;
        value.CopyTo(new Span<byte>(at, value.Length));
        return at;
    }

    public void Dispose() => Unmap(_start, _all);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(nint address, nuint length);
}
