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
        $"/m/{Uri.EscapeDataString(meeting)}?{TokenField}={Token(_keys[0], meeting, host)}";

    /// <summary>Whether a token is that of a meeting's host, signed with any of the group's secrets.</summary>
    public bool IsToken(string token, string meeting, string host)
    {
        byte[] given = Encoding.UTF8.GetBytes(token);
        bool isToken = false;
        foreach (byte[] key in _keys)
        {
            isToken |= CryptographicOperations.FixedTimeEquals(
                given,
                Encoding.UTF8.GetBytes(Token(key, meeting, host))
            );
        }

        return isToken;
    }

    private static string Token(byte[] key, string meeting, string host) =>
        Base64Url.EncodeToString(
            HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{meeting} {host}")).AsSpan(0, TokenBytes)
        );
}
