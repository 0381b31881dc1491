using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Engine.Workflows.Module.Codes;

/// <summary>Signs the contents of codes, and reads what was signed. The first key signs and all verify: to rotate a
/// key, put the new one first and drop the old one when its codes have expired. Signatures are HMAC-SHA256, cut to 128
/// bits, under keys derived from the secrets for one use only (HKDF, RFC 5869). Contents begin with 4 bits of a version
/// and 16 bits of the key. Immutable and thread-safe.</summary>
internal sealed class CodeSigner
{
    /// <summary>The minimum length of a secret, in bytes.</summary>
    public const int MinSecretBytes = 32;

    public const int SignatureBytes = 16;

    private const int MinBodyBytes = 3;

    private readonly (ushort Id, byte[] Key)[] _keys;
    private readonly int _maxTextLength;

    /// <param name="secrets">At least one secret, each of at least 32 bytes; otherwise the constructor throws
    /// <see cref="ArgumentException"/>.</param>
    /// <param name="use">What the codes are for, as in <c>operation-binding code</c>.</param>
    public CodeSigner(IEnumerable<byte[]> secrets, string use, int maxTextLength)
    {
        _maxTextLength = maxTextLength;
        _keys = [.. secrets.Select(secret => KeyOf(secret, use))];
        if (_keys.Length == 0)
        {
            throw new ArgumentException("expected at least one secret", nameof(secrets));
        }
    }

    /// <summary>Signs contents. Returns a text, which is the only valid spelling.</summary>
    /// <param name="contents">Writes them with the id of a key.</param>
    public string Sign(Func<ushort, byte[]> contents) => Sign(contents, _keys[0]);

    /// <summary>Reads a text that one of the keys signed. Returns null if it is forged, altered or spelt
    /// differently.</summary>
    /// <param name="parse">Reads contents; may throw <see cref="FormatException"/>.</param>
    /// <param name="contents">Writes what was read with the id of a key.</param>
    public T? Read<T>(string text, Func<byte[], T> parse, Func<T, ushort, byte[]> contents)
        where T : class
    {
        if (
            text.Length > _maxTextLength
            || Base41.Decode(text) is not { Length: > SignatureBytes + MinBodyBytes } bytes
        )
        {
            return null;
        }

        ReadOnlySpan<byte> body = bytes.AsSpan(0, bytes.Length - SignatureBytes),
            signature = bytes.AsSpan(body.Length);
        ushort id = IdIn(body);
        foreach ((ushort Id, byte[] Key) key in _keys)
        {
            if (key.Id != id || !CryptographicOperations.FixedTimeEquals(SignatureOf(key.Key, body), signature))
            {
                continue;
            }

            try
            {
                T read = parse(body.ToArray());
                // A code has only one valid spelling: reject a text that decodes to the same content.
                return Sign(one => contents(read, one), key) == text ? read : null;
            }
            catch (FormatException)
            {
                return null;
            }
        }

        return null;
    }

    private static string Sign(Func<ushort, byte[]> contents, (ushort Id, byte[] Key) key)
    {
        byte[] body = contents(key.Id);
        return Base41.Encode([.. body, .. SignatureOf(key.Key, body)]);
    }

    /// <summary>The id of the key, after 4 bits of the version.</summary>
    private static ushort IdIn(ReadOnlySpan<byte> body) =>
        (ushort)((body[0] & 0xF) << 12 | body[1] << 4 | body[2] >> 4);

    private static byte[] SignatureOf(byte[] key, ReadOnlySpan<byte> body) =>
        HMACSHA256.HashData(key, body)[..SignatureBytes];

    private static (ushort Id, byte[] Key) KeyOf(byte[] secret, string use)
    {
        if (secret.Length < MinSecretBytes)
        {
            throw new ArgumentException(
                $"a secret has {secret.Length} bytes; expected at least {MinSecretBytes}",
                nameof(secret)
            );
        }

        return (
            BinaryPrimitives.ReadUInt16BigEndian(Derive(secret, $"{use}: id", sizeof(ushort))),
            Derive(secret, $"{use}: key", SHA256.HashSizeInBytes)
        );
    }

    private static byte[] Derive(byte[] secret, string info, int bytes) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, bytes, info: Encoding.ASCII.GetBytes(info));
}
