using System.Buffers.Binary;
using System.Text;

namespace Ingest.Confirmation.Tokens;

/// <summary>What a confirmation page's address says, signed by <see cref="ConfirmationKeys"/>: whose click it is, where
/// its answer leads, and which attempt it stands for. The place of the button isn't in it.</summary>
/// <param name="Click">The click's id.</param>
/// <param name="Campaign">The campaign, whose target a hit leads to.</param>
/// <param name="Publisher">The publisher, whose report counts the page.</param>
/// <param name="Ip">The address of the click, by whose network its partition is chosen.</param>
/// <param name="Network">The client's network when the token was made.</param>
/// <param name="Attempt">The number of the attempt, from 1.</param>
/// <param name="Issued">When it was made, ms since the Unix epoch.</param>
/// <param name="Nonce">Random, so that no two tokens are alike.</param>
public sealed record ConfirmationToken(
    string Click,
    string Campaign,
    string Publisher,
    string Ip,
    string Network,
    int Attempt,
    long Issued,
    ulong Nonce
)
{
    private const byte Version = 1;

    /// <summary>Version, key, attempt, time and nonce.</summary>
    private const int FixedBytes = 1 + 2 + 1 + 8 + 8;

    /// <summary>Writes the body: fields of fixed size, then texts with their length before them, so that no text can
    /// reach into the next.</summary>
    internal byte[] ToBytes(ushort key)
    {
        byte[][] texts = [.. new[] { Click, Campaign, Publisher, Ip, Network }.Select(Encoding.UTF8.GetBytes)];
        byte[] body = new byte[FixedBytes + texts.Sum(text => 1 + text.Length)];
        body[0] = Version;
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(1), key);
        body[3] = (byte)Attempt;
        BinaryPrimitives.WriteInt64BigEndian(body.AsSpan(4), Issued);
        BinaryPrimitives.WriteUInt64BigEndian(body.AsSpan(12), Nonce);
        int at = FixedBytes;
        foreach (byte[] text in texts)
        {
            body[at++] = checked((byte)text.Length);
            text.CopyTo(body, at);
            at += text.Length;
        }

        return body;
    }

    /// <summary>The key that a body names.</summary>
    internal static ushort KeyOf(ReadOnlySpan<byte> body) =>
        body.Length < FixedBytes ? (ushort)0 : BinaryPrimitives.ReadUInt16BigEndian(body[1..]);

    /// <summary>Reads a body whose signature is right; null if it isn't of this version.</summary>
    internal static ConfirmationToken? Of(ReadOnlySpan<byte> body)
    {
        if (body.Length < FixedBytes || body[0] != Version)
        {
            return null;
        }

        string[] texts = new string[5];
        ReadOnlySpan<byte> rest = body[FixedBytes..];
        for (int i = 0; i < texts.Length; i++)
        {
            if (rest.IsEmpty || rest[0] >= rest.Length)
            {
                return null;
            }

            texts[i] = Encoding.UTF8.GetString(rest.Slice(1, rest[0]));
            rest = rest[(1 + rest[0])..];
        }

        return rest.IsEmpty
            ? new ConfirmationToken(
                texts[0],
                texts[1],
                texts[2],
                texts[3],
                texts[4],
                body[3],
                BinaryPrimitives.ReadInt64BigEndian(body[4..]),
                BinaryPrimitives.ReadUInt64BigEndian(body[12..])
            )
            : null;
    }
}
