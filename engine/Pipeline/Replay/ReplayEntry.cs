using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Engine.Pipeline.Replay.Signatures;

namespace Engine.Pipeline.Replay;

/// <summary>A stored path in 184 bytes. With 16 bytes in the table of means, a path takes 200 bytes (a test checks the
/// size).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 2)]
internal struct ReplayEntry
{
    /// <summary>The maximum length in bytes of an id stored in the entry; longer ones are stored beside the
    /// ring.</summary>
    public const int ShortId = 32;

    /// <summary>The partition in the upper 16 bits and the offset in the lower 48, so that values sort by
    /// both.</summary>
    public ulong Place;

    /// <summary>Where <c>path-signatures</c> tells of it, in the same form; <see cref="ulong.MaxValue"/> if it wasn't
    /// read there yet.</summary>
    public ulong Told;

    public PathSignature Signature;
    public IdBytes Id;
    private uint _timeLow;
    private ushort _timeHigh;

    /// <summary>The log time, ms since 1970, 48 bits.</summary>
    public long LogTime
    {
        readonly get => ((long)_timeHigh << 32) | _timeLow;
        set => (_timeLow, _timeHigh) = ((uint)value, (ushort)(value >> 32));
    }

    [InlineArray(ShortId)]
    public struct IdBytes
    {
        private byte _first;
    }
}
