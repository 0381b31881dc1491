using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Ingest.Confirmation.Tokens;

/// <summary>The keys of confirmation tokens. The first signs and all verify: to rotate a key, put the new one first and
/// drop the old one a few minutes later. Signatures are HMAC-SHA256, cut to 128 bits, under keys derived from the
/// secrets for this use only (HKDF, RFC 5869). Immutable and thread-safe.</summary>
public sealed class ConfirmationKeys
{
    /// <summary>The minimum length of a secret, in bytes.</summary>
    public const int MinSecretBytes = 32;

    private const int SignatureBytes = 16;

    /// <summary>More than the longest ids need.</summary>
    private const int MaxTextLength = 1_000;

    private readonly Key[] _keys;

    private sealed record Key(ushort Id, byte[] Signing, byte[] Drawing);

    /// <exception cref="ArgumentException">There is no secret, or one is too short.</exception>
    public ConfirmationKeys(IEnumerable<byte[]> secrets)
    {
        _keys = [.. secrets.Select(KeyOf)];
        if (_keys.Length == 0)
        {
            throw new ArgumentException("expected at least one secret", nameof(secrets));
        }
    }

    /// <summary>Signs a token. Returns its text, which is the only valid spelling, for a part of a path.</summary>
    public string Sign(ConfirmationToken token)
    {
        byte[] body = token.ToBytes(_keys[0].Id);
        return Base64Url.EncodeToString([.. body, .. SignatureOf(_keys[0], body)]);
    }

    /// <summary>Reads a text that one of the keys signed; null if it is forged, altered or spelt differently.</summary>
    public SignedToken? Read(string text)
    {
        if (text.Length > MaxTextLength || !Base64Url.IsValid(text))
        {
            return null;
        }

        byte[] bytes = Base64Url.DecodeFromChars(text);
        // The last character has bits that decoding ignores.
        if (bytes.Length <= SignatureBytes || Base64Url.EncodeToString(bytes) != text)
        {
            return null;
        }

        ReadOnlySpan<byte> body = bytes.AsSpan(0, bytes.Length - SignatureBytes);
        ushort id = ConfirmationToken.KeyOf(body);
        foreach (Key key in _keys)
        {
            if (
                key.Id == id
                && CryptographicOperations.FixedTimeEquals(SignatureOf(key, body), bytes.AsSpan(body.Length))
                && ConfirmationToken.Of(body) is { } token
            )
            {
                return new SignedToken(token, text, HMACSHA256.HashData(key.Drawing, body));
            }
        }

        return null;
    }

    private static byte[] SignatureOf(Key key, ReadOnlySpan<byte> body) =>
        HMACSHA256.HashData(key.Signing, body)[..SignatureBytes];

    private static Key KeyOf(byte[] secret) =>
        secret.Length < MinSecretBytes
            ? throw new ArgumentException(
                $"a secret has {secret.Length} bytes; expected at least {MinSecretBytes}",
                nameof(secret)
            )
            : new Key(
                BinaryPrimitives.ReadUInt16BigEndian(Derive(secret, "id", sizeof(ushort))),
                Derive(secret, "signature", SHA256.HashSizeInBytes),
                Derive(secret, "picture", SHA256.HashSizeInBytes)
            );

    private static byte[] Derive(byte[] secret, string use, int bytes) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, bytes, info: Encoding.ASCII.GetBytes($"confirmation: {use}"));
}

/// <summary>A token whose signature is right.</summary>
/// <param name="Text">How it was signed.</param>
/// <param name="Seed">Secret: decides where the button lies and how the picture looks.</param>
public sealed record SignedToken(ConfirmationToken Token, string Text, byte[] Seed)
{
    /// <summary>A short name of the token, which tells nothing of its contents.</summary>
    public string Id { get; } = IdOf(Text);

    /// <summary>The id of a token that was just signed.</summary>
    internal static string IdOf(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)))[..16];
}
