using System.Net;

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
        if (behindProxy)
        {
            string[] entries = forwardedFor.Split(
                ',',
                StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
            );
            if (entries.Length > 0)
            {
                return IpAddress.TryParse(Bare(entries[^1]), out IpAddress forwarded) ? forwarded.ToString() : "";
            }
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

    /// <summary>Strips what proxies add to an address: quotes, brackets and a port.</summary>
    private static string Bare(string entry)
    {
        entry = entry.Trim('"');
        if (entry.StartsWith('[') && entry.IndexOf(']') is var end and > 0)
        {
            return entry[1..end];
        }

        int colon = entry.IndexOf(':');
        return colon >= 0 && colon == entry.LastIndexOf(':') ? entry[..colon] : entry;
    }
}
