using System.Security.Cryptography;
using System.Text;
using Engine.Workflows.ContentRequests.Settings;

namespace Engine.Workflows.ContentRequests.Web;

/// <summary>The holder of a token, from one sponsor's point of view.</summary>
internal enum TokenHolder : byte
{
    Nobody,
    AnotherSponsor,
    Sponsor,
}

/// <summary>The tokens with which sponsors sign in. Settings hold only their SHA-256. The hash is compared with those
/// of all sponsors, each in constant time, so response times reveal nothing about them.</summary>
internal static class SponsorTokens
{
    private const string Scheme = "Bearer ";
    private const int MaxTokenLength = 4096,
        ShownDigits = 8;

    /// <summary>The SHA-256 of a request's bearer token; null if it has none.</summary>
    public static byte[]? HashOf(HttpRequest request)
    {
        string? header = request.Headers.Authorization;
        return header != null && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? HashOf(header[Scheme.Length..].Trim())
            : null;
    }

    public static byte[]? HashOf(string? token) =>
        token is { Length: > 0 and <= MaxTokenLength } ? SHA256.HashData(Encoding.UTF8.GetBytes(token)) : null;

    /// <summary>Whether the token with a hash belongs to a sponsor, to another one or to nobody.</summary>
    public static TokenHolder HolderOf(ContentSettings settings, string sponsor, byte[]? hash)
    {
        if (hash == null)
        {
            return TokenHolder.Nobody;
        }

        bool own = false,
            foreign = false;
        foreach ((string id, Sponsor one) in settings.Sponsors)
        {
            foreach (byte[] known in one.Setting.TokenHashes)
            {
                bool same = CryptographicOperations.FixedTimeEquals(known, hash);
                own |= same & id == sponsor;
                foreign |= same & id != sponsor;
            }
        }

        return own ? TokenHolder.Sponsor
            : foreign ? TokenHolder.AnotherSponsor
            : TokenHolder.Nobody;
    }

    /// <summary>The sponsor of a token; null for none.</summary>
    public static string? SponsorOf(ContentSettings settings, byte[]? hash) =>
        hash == null
            ? null
            : settings
                .Sponsors.Keys.Order(StringComparer.Ordinal)
                .FirstOrDefault(sponsor => HolderOf(settings, sponsor, hash) == TokenHolder.Sponsor);

    /// <summary>The name of a token's holder in records: it tells a sponsor's tokens apart, but is useless to anybody
    /// else.</summary>
    public static string NameOf(byte[] hash) => "token " + Convert.ToHexStringLower(hash)[..ShownDigits];
}
