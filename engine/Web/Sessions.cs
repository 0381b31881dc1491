using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Engine.Contracts;
using Engine.Contracts.Access;
using StackExchange.Redis;

namespace Engine.Web;

/// <summary>The sessions of signed-in visitors. A session is 256 random bits in a cookie. Redis stores its hash and
/// that of the token used to sign in, so any instance can serve it. <see cref="Visitors"/> decides by the settings in
/// force whether the token still counts.</summary>
public sealed class Sessions(IConnectionMultiplexer redis, RedisKeys keys)
{
    /// <summary>The cookie's name.</summary>
    public const string Cookie = "engine-session";

    /// <summary>The lifetime of a session: a working day. After that, the visitor must sign in again.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(10);

    private const int SecretBytes = 32;

    private static readonly int CookieLength = Base64Url.GetEncodedLength(SecretBytes);

    /// <summary>Opens a session, and sets its cookie.</summary>
    /// <param name="credential">The SHA-256 of the token used to sign in.</param>
    public async Task OpenAsync(HttpContext http, byte[] credential)
    {
        string session = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        await redis
            .GetDatabase()
            .StringSetAsync(KeyOf(session), Convert.ToHexStringLower(credential), Lifetime)
            .ConfigureAwait(false);
        http.Response.Cookies.Append(Cookie, session, CookieOf(http));
    }

    /// <summary>The session of a request; null if there is none or it has ended.</summary>
    public async Task<Session?> FindAsync(HttpContext http)
    {
        if (CookieIn(http) is not { } session)
        {
            return null;
        }

        RedisValue stored = await redis.GetDatabase().StringGetAsync(KeyOf(session)).ConfigureAwait(false);
        // Sessions of before this version, which stored more, are over.
        return AccessToken.ParseHash(stored.ToString()) is { } credential
            ? new Session(credential, FormSecretOf(session))
            : null;
    }

    /// <summary>Ends the session of a request, and deletes the cookie.</summary>
    public async Task EndAsync(HttpContext http)
    {
        if (CookieIn(http) is { } session)
        {
            await redis.GetDatabase().KeyDeleteAsync(KeyOf(session)).ConfigureAwait(false);
        }

        http.Response.Cookies.Delete(Cookie, CookieOf(http));
    }

    private static string? CookieIn(HttpContext http) =>
        http.Request.Cookies[Cookie] is { } session && session.Length == CookieLength ? session : null;

    /// <summary>The form secret of a session, which can't be derived without its cookie.</summary>
    private static string FormSecretOf(string session) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes("form " + session)));

    private string KeyOf(string session) =>
        $"{keys.Prefix}session:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(session)))}";

    private static CookieOptions CookieOf(HttpContext http) =>
        new()
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = http.Request.IsHttps,
            Path = "/",
            MaxAge = Lifetime,
        };
}

/// <summary>A session.</summary>
/// <param name="Credential">The SHA-256 of the token used to sign in. When the settings no longer have it, the session
/// is over.</param>
/// <param name="FormSecret">The secret that its forms carry.</param>
public sealed record Session(byte[] Credential, string FormSecret);
