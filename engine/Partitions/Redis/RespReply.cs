using System.Buffers.Text;
using System.Net;

namespace Engine.Partitions.Redis;

/// <summary>Reads RESP2 replies: <c>+text</c>, <c>-text</c>, <c>:number</c>, <c>$length bytes</c>. The pipe sends no
/// command whose reply is an array.</summary>
internal static class RespReply
{
    /// <summary>Reads the first received reply. Returns false if it isn't complete yet.</summary>
    /// <param name="length">The length of the reply in bytes.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> received,
        EndPoint from,
        out int length,
        out ReadOnlySpan<byte> reply,
        out bool isError
    )
    {
        length = 0;
        reply = default;
        isError = false;
        int line = received.IndexOf("\r\n"u8);
        if (line < 1)
        {
            return false;
        }

        ReadOnlySpan<byte> text = received[1..line];
        switch (received[0])
        {
            case (byte)'+' or (byte)':':
                break;
            case (byte)'-':
                isError = true;
                break;
            case (byte)'$':
                if (!Utf8Parser.TryParse(text, out int bytes, out _))
                {
                    throw new RespException($"Redis at {from} sent a length that isn't a number");
                }

                if (bytes < 0)
                {
                    break;
                }

                if (received.Length < line + 4 + bytes)
                {
                    return false;
                }

                reply = received.Slice(line + 2, bytes);
                length = line + 4 + bytes;
                return true;
            default:
                throw new RespException($"Redis at {from} sent a reply of an unexpected kind '{(char)received[0]}'");
        }
        reply = text;
        length = line + 2;
        return true;
    }
}

/// <summary>A fatal error reported by Redis.</summary>
public sealed class RespException(string message) : Exception(message);
