using System.Security.Cryptography;
using System.Text;
using Engine.Text.Phrases;

namespace Engine.Workflows.TaggedContent.Events;

/// <summary>The key of a bookmark: the SHA-256, in hex, of the phrase as it is compared, or of the normalised address.
/// So phrases that compare as equal are one bookmark, in one partition.</summary>
public static class BookmarkKey
{
    /// <summary>The key of a phrase; null if it compares as nothing.</summary>
    public static string? OfPhrase(string phrase) =>
        PhraseBook.Compared(phrase) is { Length: > 0 } compared ? Of(compared) : null;

    /// <summary>The key of an address; null if it isn't one of http or https.</summary>
    public static string? OfAddress(string address) => Normalise(address) is { } normal ? Of(normal) : null;

    /// <summary>The key of a text that is compared as it is.</summary>
    public static string Of(string compared) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(compared)));

    /// <summary>An address as it is compared: scheme and host in lower case, the host as in DNS, without the scheme's
    /// own port, without steps such as <c>..</c>, and without the part behind <c>#</c>, which servers don't see.
    /// </summary>
    private static string? Normalise(string address) =>
        Uri.TryCreate(address.Trim(), UriKind.Absolute, out Uri? uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && uri.IdnHost.Length > 0
            ? $"{uri.Scheme}://{uri.IdnHost}{(uri.IsDefaultPort ? "" : $":{uri.Port}")}{uri.PathAndQuery}"
            : null;
}
