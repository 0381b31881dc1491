using System.Net;

namespace Engine.Contracts;

/// <summary>Finds the client's address of an HTTP request, in the form that events use.</summary>
public static class ClientAddress
{
    /// <param name="remote">The connection's address, or null if it has none.</param>
    /// <param name="forwardedFor">The header X-Forwarded-For, or an empty string if it is absent.</param>
    /// <param name="behindProxy">Whether a proxy stands in front of this server and appends the client's address to
    /// X-Forwarded-For.</param>
    /// <returns>The address, or an empty string if the connection has none.</returns>
    public static string Of(IPAddress? remote, string forwardedFor, bool behindProxy)
    {
        if (behindProxy)
        {
            string last = forwardedFor.Split(',')[^1].Trim();
            if (IpAddress.TryParse(last, out IpAddress forwarded))
            {
                return forwarded.ToString();
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
}
