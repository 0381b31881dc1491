using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Contracts;
using StackExchange.Redis;

namespace Engine.Web;

/// <summary>
/// Who is signed in to the pages. A session is 256 random bits in a cookie; Redis knows its hash and whose it is, so
/// that any instance serves it. Whether somebody may still come in is for the page to decide, by the settings in force.
/// </summary>
public sealed class Sessions(IConnectionMultiplexer redis, RedisKeys keys)
{
    /// <summary>The cookie's name.</summary>
    public const string Cookie = "engine-session";

    /// <summary>How long one lasts: a working day. Who is still there after it signs in again.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(10);

    private const int SecretBytes = 32;

    private static readonly int CookieLength = Base64Url.GetEncodedLength(SecretBytes);

    /// <summary>Signs somebody in: opens a session, and gives the browser its cookie.</summary>
    public async Task SignInAsync(HttpContext http, Principal who)
    {
        string session = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        await redis.GetDatabase().StringSetAsync(KeyOf(session), Json(who), Lifetime).ConfigureAwait(false);
        http.Response.Cookies.Append(Cookie, session, CookieOf(http));
    }

    /// <summary>The session of a request; null where there is none, or it has ended.</summary>
    public async Task<Session?> FindAsync(HttpContext http)
    {
        if (CookieIn(http) is not { } session)
        {
            return null;
        }

        RedisValue stored = await redis.GetDatabase().StringGetAsync(KeyOf(session)).ConfigureAwait(false);
        return stored.IsNull ? null : new Session(Read(stored.ToString()), FormSecretOf(session));
    }

    /// <summary>Ends the session of a request, and takes the cookie back.</summary>
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

    /// <summary>Nobody who doesn't know the cookie can make it.</summary>
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

/// <summary>A session as a page sees it.</summary>
/// <param name="Who">Who signed in.</param>
/// <param name="FormSecret">What its forms carry.</param>
public sealed record Session(Principal Who, string FormSecret);

/// <summary>Who signed in.</summary>
/// <param name="Kind">
/// What kind of account it is, as the key of its setting begins: <c>sponsor</c>, <c>user</c>.
/// </param>
/// <param name="Name">The account: the rest of that key.</param>
/// <param name="Role">What it may do.</param>
/// <param name="Credential">
/// The hash, in hex, of the token that it signed in with: where the settings have it no more, the session is over.
/// </param>
public sealed record Principal(string Kind, string Name, Role Role, string Credential);

/// <summary>What somebody may do on pages and endpoints. The names are stored.</summary>
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
