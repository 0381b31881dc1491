using System.Runtime.CompilerServices;
using Engine.Contracts;

namespace Engine.Pipeline.Decode;

/// <summary>Skips over JSON text (RFC 8259) in place. Every method returns a pointer to the end of what it read, or
/// null if the text is malformed. Nothing reads past <c>end</c>, as a message may end at the end of a page.</summary>
internal static unsafe class JsonScan
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* SkipSpace(byte* at, byte* end)
    {
        while (at < end && *at <= ' ' && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
        {
            at++;
        }

        return at;
    }

    public static byte* Literal(byte* at, byte* end, ReadOnlySpan<byte> word) =>
        end - at >= word.Length && new ReadOnlySpan<byte>(at, word.Length).SequenceEqual(word)
            ? at + word.Length
            : null;

    /// <summary>Skips any value. <paramref name="depth"/> is the number of containers around it.</summary>
    public static byte* Skip(byte* at, byte* end, int depth, ref bool wide)
    {
        ulong objects = 0; // one bit per container opened here: 1 for an object
        int open = 0;
        while (true)
        {
            if (at == end)
            {
                return null;
            }

            switch (*at)
            {
                case (byte)'"':
                    bool escaped = false;
                    at = JsonStrings.String(at + 1, end, ref escaped, ref wide);
                    break;
                case (byte)'{' or (byte)'[':
                    if (depth + open >= EventLimits.MaxDepth)
                    {
                        return null;
                    }

                    bool isObject = *at == '{';
                    at = SkipSpace(at + 1, end);
                    if (at == end)
                    {
                        return null;
                    }

                    if (*at == (isObject ? '}' : ']'))
                    {
                        at++;
                        break;
                    }
                    objects = objects << 1 | (isObject ? 1UL : 0);
                    open++;
                    if (isObject && (at = Name(at, end, ref wide)) == null)
                    {
                        return null;
                    }

                    continue;
                case (byte)'t':
                    at = Literal(at, end, "true"u8);
                    break;
                case (byte)'f':
                    at = Literal(at, end, "false"u8);
                    break;
                case (byte)'n':
                    at = Literal(at, end, "null"u8);
                    break;
                default:
                    at = JsonNumbers.Number(at, end, out _, out _, out _);
                    break;
            }
            if (at == null)
            {
                return null;
            }

            while (true)
            {
                if (open == 0)
                {
                    return at;
                }

                at = SkipSpace(at, end);
                if (at == end)
                {
                    return null;
                }

                bool inObject = (objects & 1) != 0;
                if (*at == ',')
                {
                    at = SkipSpace(at + 1, end);
                    if (inObject && (at = Name(at, end, ref wide)) == null)
                    {
                        return null;
                    }

                    break;
                }
                if (*at++ != (inObject ? '}' : ']'))
                {
                    return null;
                }

                objects >>= 1;
                open--;
            }
        }
    }

    /// <summary>Skips a member's name, its colon and the space around them.</summary>
    private static byte* Name(byte* at, byte* end, ref bool wide)
    {
        if (at == end || *at != '"')
        {
            return null;
        }

        bool escaped = false;
        at = JsonStrings.String(at + 1, end, ref escaped, ref wide);
        if (at == null)
        {
            return null;
        }

        at = SkipSpace(at, end);
        return at == end || *at != ':' ? null : SkipSpace(at + 1, end);
    }
}
