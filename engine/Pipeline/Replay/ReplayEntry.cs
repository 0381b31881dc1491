using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Engine.Pipeline.Replay.Signatures;

namespace Engine.Pipeline.Replay;

/// <summary>
/// A stored path in 176 bytes: together with 16 bytes of the table of means, 192 bytes a path (a test holds the size).
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 2)]
internal struct ReplayEntry
{
    /// <summary>Ids up to so many bytes lie in the entry, longer ones beside the ring.</summary>
    public const int ShortId = 32;

    /// <summary>Partition in the upper 16 bits, offset in the lower 48: its order is theirs.</summary>
    public ulong Place;

    public PathSignature Signature;
    public IdBytes Id;
    private uint _timeLow;
    private ushort _timeHigh;

    /// <summary>ms since 1970, 48 bits.</summary>
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
