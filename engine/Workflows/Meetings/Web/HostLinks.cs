using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Engine.Workflows.Meetings.Web;

/// <summary>The links to the pages of hosts. A link's token is good for one meeting and one host, so a new host gets
/// another link. Thread-safe.</summary>
/// <param name="secrets">The group's secrets, the first of which signs.</param>
internal sealed class HostLinks(IReadOnlyList<byte[]> secrets)
{
    public const string TokenField = "token";

    private const int TokenBytes = 16;

    private readonly byte[][] _keys =
    [
        .. secrets.Select(secret =>
            HKDF.DeriveKey(
                HashAlgorithmName.SHA256,
                secret,
                SHA256.HashSizeInBytes,
                info: "meeting: page of the host"u8.ToArray()
            )
        ),
    ];

    /// <summary>The path of a host's page, with its token.</summary>
    public string Of(string meeting, string host) =>
        $"/m/{Uri.EscapeDataString(meeting)}?{TokenField}={Base64Url.EncodeToString(Token(_keys[0], meeting, host))}";

    /// <summary>Whether a token is that of a meeting's host, signed with any of the group's secrets.</summary>
    public bool IsToken(string token, string meeting, string host)
    {
        byte[] given = new byte[TokenBytes];
        if (
            !Base64Url.TryDecodeFromChars(token, given, out int length)
            || length != TokenBytes
            // Only one spelling counts.
            || Base64Url.EncodeToString(given) != token
        )
        {
            return false;
        }

        bool isToken = false;
        foreach (byte[] key in _keys)
        {
            isToken |= CryptographicOperations.FixedTimeEquals(given, Token(key, meeting, host));
        }

        return isToken;
    }

    private static byte[] Token(byte[] key, string meeting, string host) =>
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{meeting} {host}"))[..TokenBytes];
}
