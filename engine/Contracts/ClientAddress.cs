using System.Net;

namespace Engine.Contracts;

/// <summary>Where an HTTP request comes from, as events write addresses.</summary>
public static class ClientAddress
{
    /// <param name="remote">The connection's address, or null where it has none.</param>
    /// <param name="forwardedFor">The header X-Forwarded-For; empty where there is none.</param>
    /// <param name="behindProxy">Whether a proxy stands before this server and adds the client's address to
    /// X-Forwarded-For, as its last.</param>
    /// <returns>The address; empty where the connection has none.</returns>
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
        // A link-local address carries a zone, which no address of the contract has.
        string text = remote.ToString();
        int zone = text.IndexOf('%');
        return IpAddress.TryParse(zone < 0 ? text : text[..zone], out IpAddress address) ? address.ToString() : text;
    }
}
