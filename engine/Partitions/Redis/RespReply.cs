using System.Buffers.Text;
using System.Net;

namespace Engine.Partitions.Redis;

/// <summary>Reads RESP2 replies: <c>+text</c>, <c>-text</c>, <c>:number</c>, <c>$length bytes</c>. The pipe sends no
/// command whose reply is an array.</summary>
internal static class RespReply
{
    /// <summary>Redis's own limits: of a line (PROTO_INLINE_MAX_SIZE), and of a text (proto-max-bulk-len). What exceeds
    /// them isn't Redis, and waiting for its end would fill the memory.</summary>
    private const int MaxLineBytes = 64 * 1024,
        MaxTextBytes = 512 * 1024 * 1024;

    /// <summary>Reads the first received reply. Returns false if it isn't complete yet.</summary>
    /// <param name="length">The length of the reply in bytes.</param>
    /// <exception cref="RespException">The bytes aren't a reply.</exception>
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
        if (received.IsEmpty)
        {
            return false;
        }

        if (received[0] is not ((byte)'+' or (byte)'-' or (byte)':' or (byte)'$'))
        {
            throw new RespException($"Redis at {from} sent a reply of an unexpected kind '{(char)received[0]}'");
        }

        int line = received.IndexOf("\r\n"u8);
        if (line < 0)
        {
            return received.Length <= MaxLineBytes
                ? false
                : throw new RespException($"Redis at {from} sent a line of more than {MaxLineBytes} bytes");
        }

        ReadOnlySpan<byte> text = received[1..line];
        isError = received[0] == '-';
        if (received[0] == '$')
        {
            if (
                !Utf8Parser.TryParse(text, out int bytes, out int digits)
                || digits != text.Length
                || bytes is < -1 or > MaxTextBytes
            )
            {
                throw new RespException($"Redis at {from} sent a length that isn't one");
            }

            if (bytes >= 0)
            {
                return TryText(received, line + 2, bytes, from, out length, out reply);
            }
        }

        reply = text;
        length = line + 2;
        return true;
    }

    private static bool TryText(
        ReadOnlySpan<byte> received,
        int at,
        int bytes,
        EndPoint from,
        out int length,
        out ReadOnlySpan<byte> reply
    )
    {
        length = 0;
        reply = default;
        if (received.Length < at + bytes + 2)
        {
            return false;
        }

        if (!received[(at + bytes)..].StartsWith("\r\n"u8))
        {
            throw new RespException($"Redis at {from} sent a text longer than its length");
        }

        reply = received.Slice(at, bytes);
        length = at + bytes + 2;
        return true;
    }
}

/// <summary>A fatal error reported by Redis.</summary>
public sealed class RespException(string message) : Exception(message);
