using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Pipeline.Decode;

/// <summary>Finds the names of an event's members, and learns which follows which. A name that followed the previous
/// one last time, or the time before, costs one comparison of 16 bytes. So streams that alternate between shapes stay
/// fast.</summary>
internal sealed unsafe class LearnedNames
{
    /// <summary>Stands for the name before an event's first.</summary>
    public const int Start = (int)Field.Unknown;

    private const int Slots = Start + 1;

    /// <summary>The pattern <c>,"name":</c> of each field; below, its mask and its length.</summary>
    private static readonly Vector128<byte>[] Patterns = new Vector128<byte>[Slots];
    private static readonly Vector128<byte>[] Masks = new Vector128<byte>[Slots];
    private static readonly byte[] PatternLengths = new byte[Slots];

    private readonly byte[] _next = new byte[Slots],
        _afterNext = new byte[Slots];

    static LearnedNames()
    {
        Span<byte> text = stackalloc byte[16],
            mask = stackalloc byte[16];
        for (int field = 0; field < (int)Field.Unknown; field++)
        {
            byte[] pattern = [(byte)',', (byte)'"', .. Fields.Utf8Names[field], (byte)'"', (byte)':'];
            if (pattern.Length > 16)
            {
                throw new InvalidOperationException(
                    $"the name of field '{Fields.Names[field]}' is too long for one comparison"
                );
            }

            text.Clear();
            mask.Clear();
            pattern.CopyTo(text);
            mask[..pattern.Length].Fill(0xFF);
            Patterns[field] = Vector128.Create<byte>(text);
            Masks[field] = Vector128.Create<byte>(mask);
            PatternLengths[field] = (byte)pattern.Length;
        }
    }

    /// <summary>Reads a comma, a name, its colon and the following space if the name is one of the two that followed
    /// the previous name before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Guess(ref byte* at, byte* end, int before, out Field field)
    {
        field = Field.Unknown;
        if (end - at < 16)
        {
            return false;
        }

        Vector128<byte> text = Vector128.Load(at);
        int guess = _next[before];
        if ((text & Masks[guess]) != Patterns[guess])
        {
            guess = _afterNext[before];
            if ((text & Masks[guess]) != Patterns[guess])
            {
                return false;
            }
        }
        field = (Field)guess;
        at = JsonScan.SkipSpace(at + PatternLengths[guess], end);
        return true;
    }

    /// <summary>Looks up a name that wasn't predicted, and learns it.</summary>
    public Field Find(ReadOnlySpan<byte> name, int before)
    {
        for (int i = 0; i < Fields.Utf8Names.Length; i++)
        {
            if (!name.SequenceEqual(Fields.Utf8Names[i]))
            {
                continue;
            }

            _afterNext[before] = _next[before];
            _next[before] = (byte)i;
            return (Field)i;
        }

        return Field.Unknown;
    }
}
