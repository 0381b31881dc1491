using Fuzz.Tests.Inputs;
using Tests.Support;

namespace Fuzz.Tests.Targets;

/// <summary>Memory for inputs that end where nothing may be read: reading beyond one ends the process.</summary>
internal sealed unsafe class GuardedInput : IDisposable
{
    // Other systems have neither mmap's flags nor mprotect as they are here.
    private readonly GuardedPage? _page = OperatingSystem.IsLinux() ? new GuardedPage(InputBuffer.MaxBytes) : null;
    private readonly byte[] _unguarded = GC.AllocateArray<byte>(InputBuffer.MaxBytes, pinned: true);

    public byte* Place(ReadOnlySpan<byte> input)
    {
        if (_page != null)
        {
            return _page.Place(input);
        }

        input.CopyTo(_unguarded);
        fixed (byte* start = _unguarded)
        {
            return start;
        }
    }

    public void Dispose() => _page?.Dispose();
}
