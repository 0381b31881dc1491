using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Engine.Workflows.Bindings.Codes;

/// <summary>The keys of operation-binding codes. The first signs and all verify: to rotate a key, put the new one first
/// and drop the old one when its codes have expired. Signatures are HMAC-SHA256, cut to 128 bits, under a key derived
/// from the secret for this use only (HKDF, RFC 5869). Immutable and thread-safe.</summary>
public sealed class CodeKeys
{
    /// <summary>The minimum length of a secret, in bytes.</summary>
    public const int MinSecretBytes = 32;

    public const int SignatureBytes = 16;

    private readonly (ushort Id, byte[] Key)[] _keys;

    /// <param name="secrets">At least one secret, each of at least 32 bytes; otherwise the constructor throws
    /// <see cref="ArgumentException"/>.</param>
    public CodeKeys(IEnumerable<byte[]> secrets)
    {
        _keys = [.. secrets.Select(KeyOf)];
        if (_keys.Length == 0)
        {
            throw new ArgumentException("expected at least one secret", nameof(secrets));
        }
    }

    /// <summary>Signs a code. Returns its text, which is the only valid spelling.</summary>
    public string Sign(OperationBindingCode code) => Sign(code, _keys[0]);

    /// <summary>Reads a text that one of the keys signed. Returns null if it is forged, altered or spelt
    /// differently.</summary>
    public OperationBindingCode? Read(string text)
    {
        if (
            text.Length > OperationBindingCode.MaxTextLength
            || Base41.Decode(text) is not { Length: > SignatureBytes + 3 } bytes
        )
        {
            return null;
        }

        ReadOnlySpan<byte> body = bytes.AsSpan(0, bytes.Length - SignatureBytes),
            signature = bytes.AsSpan(body.Length);
        ushort id = OperationBindingCode.KeyOf(body);
        foreach ((ushort Id, byte[] Key) key in _keys)
        {
            if (key.Id != id || !CryptographicOperations.FixedTimeEquals(SignatureOf(key.Key, body), signature))
            {
                continue;
            }

            try
            {
                OperationBindingCode code = OperationBindingCode.Of(body.ToArray());
                // A code has only one valid spelling: reject a text that decodes to the same content.
                return Sign(code, key) == text ? code : null;
            }
            catch (FormatException)
            {
                return null;
            }
        }
        return null;
    }

    private static string Sign(OperationBindingCode code, (ushort Id, byte[] Key) key)
    {
        byte[] body = code.ToBytes(key.Id);
        return Base41.Encode([.. body, .. SignatureOf(key.Key, body)]);
    }

    private static byte[] SignatureOf(byte[] key, ReadOnlySpan<byte> body) =>
        HMACSHA256.HashData(key, body)[..SignatureBytes];

    private static (ushort Id, byte[] Key) KeyOf(byte[] secret)
    {
        if (secret.Length < MinSecretBytes)
        {
            throw new ArgumentException(
                $"a secret has {secret.Length} bytes; expected at least {MinSecretBytes}",
                nameof(secret)
            );
        }

        byte[] id = HKDF.DeriveKey(
            HashAlgorithmName.SHA256,
            secret,
            sizeof(ushort),
            info: "operation-binding code: id"u8.ToArray()
        );
        return (
            BinaryPrimitives.ReadUInt16BigEndian(id),
            HKDF.DeriveKey(
                HashAlgorithmName.SHA256,
                secret,
                SHA256.HashSizeInBytes,
                info: "operation-binding code: key"u8.ToArray()
            )
        );
    }
}
