using System.Net;
using Engine.Contracts;
using Microsoft.AspNetCore.Http;

namespace Engine.Web;

/// <summary>Where a request comes from, as the contract writes addresses.</summary>
public static class ClientAddress
{
    /// <param name="behindProxy">Whether a proxy stands before this server and adds the client's address to
    /// X-Forwarded-For, as its last.</param>
    /// <returns>The address; empty where the connection has none.</returns>
    public static string Of(HttpContext context, bool behindProxy)
    {
        if (behindProxy)
        {
            string last = context.Request.Headers["X-Forwarded-For"].ToString().Split(',')[^1].Trim();
            if (IpAddress.TryParse(last, out IpAddress forwarded))
            {
                return forwarded.ToString();
            }
        }
        IPAddress? remote = context.Connection.RemoteIpAddress;
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
