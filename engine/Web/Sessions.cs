using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Contracts;
using StackExchange.Redis;

namespace Engine.Web;

/// <summary>The sessions of signed-in visitors. A session is 256 random bits in a cookie. Redis stores its hash and its
/// owner, so any instance can serve it. The page decides by the settings in force whether the visitor is still
/// admitted.</summary>
public sealed class Sessions(IConnectionMultiplexer redis, RedisKeys keys)
{
    /// <summary>The cookie's name.</summary>
    public const string Cookie = "engine-session";

    /// <summary>The lifetime of a session: a working day. After that, the visitor must sign in again.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(10);

    private const int SecretBytes = 32;

    private static readonly int CookieLength = Base64Url.GetEncodedLength(SecretBytes);

    /// <summary>Signs a visitor in: opens a session, and sets its cookie.</summary>
    public async Task SignInAsync(HttpContext http, Principal who)
    {
        string session = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        await redis.GetDatabase().StringSetAsync(KeyOf(session), Json(who), Lifetime).ConfigureAwait(false);
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
        return stored.IsNull ? null : new Session(Read(stored.ToString()), FormSecretOf(session));
    }

    /// <summary>Ends the session of a request, and deletes the cookie.</summary>
    public async Task SignOutAsync(HttpContext http)
    {
        if (CookieIn(http) is { } session)
        {
            await redis.GetDatabase().KeyDeleteAsync(KeyOf(session)).ConfigureAwait(false);
        }

        http.Response.Cookies.Delete(Cookie, CookieOf(http));
    }

    private static string? CookieIn(HttpContext http) =>
        http.Request.Cookies[Cookie] is { } session && session.Length == CookieLength ? session : null;

    private static string Json(Principal who) =>
        new JsonObject
        {
            ["kind"] = who.Kind,
            ["name"] = who.Name,
            ["role"] = who.Role.ToString().ToLowerInvariant(),
            ["credential"] = who.Credential,
        }.ToJsonString();

    private static Principal Read(string stored)
    {
        using JsonDocument document = JsonDocument.Parse(stored);
        string Text(string field) => document.RootElement.GetProperty(field).GetString()!;
        return new Principal(
            Text("kind"),
            Text("name"),
            Enum.Parse<Role>(Text("role"), ignoreCase: true),
            Text("credential")
        );
    }

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

/// <summary>A session for use by a page.</summary>
/// <param name="Who">The signed-in account.</param>
/// <param name="FormSecret">The secret that its forms carry.</param>
public sealed record Session(Principal Who, string FormSecret);

/// <summary>A signed-in account.</summary>
/// <param name="Kind">
/// The kind of account, with which the key of its setting begins: <c>sponsor</c>, <c>user</c>.
/// </param>
/// <param name="Name">The account's name: the rest of that key.</param>
/// <param name="Role">The account's role.</param>
/// <param name="Credential">
/// The hash, in hex, of the token used to sign in. When the settings no longer have it, the session is over.
/// </param>
public sealed record Principal(string Kind, string Name, Role Role, string Credential);

/// <summary>The roles on pages and endpoints. The names are stored.</summary>
public enum Role : byte
{
    /// <summary>Sees and accepts its own suggestions, and nothing else.</summary>
    Sponsor,

    /// <summary>Reads everything.</summary>
    Viewer,

    /// <summary>Also labels, writes rules in shadow, and sends events.</summary>
    Analyst,

    /// <summary>Also writes every setting.</summary>
    Admin,
}
