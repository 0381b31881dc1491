using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Engine.Contracts.Access;

/// <summary>The tokens with which people and programs show who they are. Only their SHA-256 is kept: tokens are 256
/// random bits, which nobody finds by trying, so a slow hash would add nothing.</summary>
public static class AccessToken
{
    private const int SecretBytes = 32,
        MaxLength = 4096,
        ShownDigits = 8;

    /// <summary>Makes a token of 256 random bits, in the characters of base64url.</summary>
    public static string Make() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>The SHA-256 of a token; null if no token is like this.</summary>
    public static byte[]? HashOf(string? token) =>
        token is { Length: > 0 and <= MaxLength } ? SHA256.HashData(Encoding.UTF8.GetBytes(token)) : null;

    /// <summary>Reads a hash as settings have it, 64 hex digits; null if the text isn't one.</summary>
    public static byte[]? ParseHash(string text) =>
        text.Length == 2 * SHA256.HashSizeInBytes && text.All(char.IsAsciiHexDigit)
            ? Convert.FromHexString(text)
            : null;

    /// <summary>The name of a token's holder where there is no other: it tells tokens apart, but is useless to anybody
    /// else.</summary>
    public static string NameOf(byte[] hash) => "token " + Convert.ToHexStringLower(hash)[..ShownDigits];
}
