using System.Security.Cryptography;
using System.Text;
using Engine.Workflows.ContentRequests.Settings;

namespace Engine.Workflows.ContentRequests.Web;

/// <summary>Whose token somebody has.</summary>
internal enum TokenHolder : byte
{
    Nobody,
    AnotherSponsor,
    Sponsor,
}

/// <summary>
/// The tokens by which sponsors sign in. Settings hold their SHA-256 only. Every hash of every sponsor is compared,
/// each in constant time, so that the time an answer takes tells nothing of them.
/// </summary>
internal static class SponsorTokens
{
    private const string Scheme = "Bearer ";
    private const int MaxTokenLength = 4096,
        ShownDigits = 8;

    /// <summary>The SHA-256 of a request's bearer token; null where it has none.</summary>
    public static byte[]? HashOf(HttpRequest request)
    {
        string? header = request.Headers.Authorization;
        return header != null && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? HashOf(header[Scheme.Length..].Trim())
            : null;
    }

    public static byte[]? HashOf(string? token) =>
        token is { Length: > 0 and <= MaxTokenLength } ? SHA256.HashData(Encoding.UTF8.GetBytes(token)) : null;

    /// <summary>Who holds the token of a hash, seen from a sponsor.</summary>
    public static TokenHolder HolderOf(ContentSettings settings, string sponsor, byte[]? hash)
    {
        if (hash == null)
        {
            return TokenHolder.Nobody;
        }

        bool its = false,
            anothers = false;
        foreach ((string id, Sponsor one) in settings.Sponsors)
        {
            foreach (byte[] known in one.Setting.TokenHashes)
            {
                bool same = CryptographicOperations.FixedTimeEquals(known, hash);
                its |= same & id == sponsor;
                anothers |= same & id != sponsor;
            }
        }

        return its ? TokenHolder.Sponsor
            : anothers ? TokenHolder.AnotherSponsor
            : TokenHolder.Nobody;
    }

    /// <summary>The sponsor whose token it is; null for nobody's.</summary>
    public static string? SponsorOf(ContentSettings settings, byte[]? hash) =>
        hash == null
            ? null
            : settings
                .Sponsors.Keys.Order(StringComparer.Ordinal)
                .FirstOrDefault(sponsor => HolderOf(settings, sponsor, hash) == TokenHolder.Sponsor);

    /// <summary>
    /// How records call whoever holds a token: enough to tell a sponsor's tokens apart, and of no use to anybody else.
    /// </summary>
    public static string NameOf(byte[] hash) => "token " + Convert.ToHexStringLower(hash)[..ShownDigits];
}
