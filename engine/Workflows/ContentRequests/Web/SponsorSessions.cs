using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Engine.Contracts;
using StackExchange.Redis;

namespace Engine.Workflows.ContentRequests.Web;

/// <summary>
/// Who is signed in to the sponsors' pages. A session is 256 random bits in a cookie; Redis knows its hash, so that any
/// instance serves it, and which token it was opened with: a token that is taken out of a sponsor's settings ends its
/// sessions.
/// </summary>
internal sealed class SponsorSessions(IConnectionMultiplexer redis, RedisKeys keys)
{
    public const string Cookie = "sponsor-session";

    /// <summary>A working day; who is still there after it signs in again.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(10);

    /// <summary>Opens a session; the secret that goes into the cookie.</summary>
    public async Task<string> OpenAsync(byte[] tokenHash)
    {
        string session = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        await redis
            .GetDatabase()
            .StringSetAsync(KeyOf(session), Convert.ToHexStringLower(tokenHash), Lifetime)
            .ConfigureAwait(false);
        return session;
    }

    /// <summary>The hash of the token that a session was opened with; null where there is none.</summary>
    public async Task<byte[]?> TokenOfAsync(string session)
    {
        RedisValue hash = await redis.GetDatabase().StringGetAsync(KeyOf(session)).ConfigureAwait(false);
        return hash.IsNull ? null : Convert.FromHexString(hash.ToString());
    }

    public Task CloseAsync(string session) => redis.GetDatabase().KeyDeleteAsync(KeyOf(session));

    /// <summary>What the forms of a session carry: nobody who doesn't know the cookie can make it.</summary>
    public static string FormSecretOf(string session) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes("form " + session)));

    private string KeyOf(string session) =>
        $"{keys.Prefix}session:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(session)))}";
}
