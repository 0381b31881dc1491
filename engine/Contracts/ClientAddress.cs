using System.Net;
using System.Text;

namespace Engine.Contracts;

/// <summary>Finds the client's address of an HTTP request, in the form that events use.</summary>
public static class ClientAddress
{
    /// <param name="remote">The connection's address, or null if it has none.</param>
    /// <param name="forwardedFor">The header X-Forwarded-For, or an empty string if it is absent.</param>
    /// <param name="behindProxy">Whether a proxy stands in front of this server and appends the client's address to
    /// X-Forwarded-For.</param>
    /// <returns>The address; an empty string if the connection has none, or if the proxy's entry can't be read: the
    /// proxy's own address would make one network of all clients.</returns>
    public static string Of(IPAddress? remote, string forwardedFor, bool behindProxy)
    {
        if (behindProxy && LastEntry(Encoding.UTF8.GetBytes(forwardedFor)) is { IsEmpty: false } entry)
        {
            return IpAddress.TryParse(Bare(entry), out IpAddress forwarded) ? forwarded.ToString() : "";
        }

        if (remote is null)
        {
            return "";
        }
        // A link-local address carries a zone, which the contract doesn't allow.
        string text = remote.ToString();
        int zone = text.IndexOf('%');
        return IpAddress.TryParse(zone < 0 ? text : text[..zone], out IpAddress address) ? address.ToString() : text;
    }

    /// <summary>Gets the entry of X-Forwarded-For that the nearest proxy appended: the last one. Whoever sends the
    /// request controls those before it. Empty if there is none.</summary>
    public static ReadOnlySpan<byte> LastEntry(ReadOnlySpan<byte> forwardedFor)
    {
        ReadOnlySpan<byte> entries = forwardedFor.TrimEnd(", \t"u8);
        return entries[(entries.LastIndexOf((byte)',') + 1)..].Trim(" \t"u8);
    }

    /// <summary>Strips what servers and proxies add to an address: quotes, brackets and a port.</summary>
    public static ReadOnlySpan<byte> Bare(ReadOnlySpan<byte> entry)
    {
        entry = entry.Trim((byte)'"');
        if (entry is [(byte)'[', ..] && entry.IndexOf((byte)']') is > 0 and var end)
        {
            return entry[1..end];
        }

        int colon = entry.IndexOf((byte)':');
        return colon >= 0 && colon == entry.LastIndexOf((byte)':') ? entry[..colon] : entry;
    }
}
