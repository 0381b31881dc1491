using System.Net;
using System.Net.Sockets;

namespace Engine.Notices.Sending;

/// <summary>A webhook's name leads to no address that it may reach.</summary>
internal sealed class ForbiddenAddressException(string message) : Exception(message);

/// <summary>Keeps webhooks, whose addresses come from events, away from private networks. It checks the addresses that
/// a name resolves to, and connects to one of just those, so a name can't change in between.</summary>
/// <param name="allowed">Networks that may be reached nevertheless.</param>
internal sealed class AddressGuard(IReadOnlyList<IPNetwork> allowed)
{
    /// <summary>What isn't on the public internet: RFC 6890 and its registries. Of IPv6 only 2000::/3 is public at all;
    /// listed are its parts that aren't, and those that embed an IPv4 address.</summary>
    private static readonly IPNetwork[] NotPublic =
    [
        .. new[]
        {
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",
            "2001::/23",
            "2001:db8::/32",
            "2002::/16",
            "3fff::/20",
        }.Select(network => IPNetwork.Parse(network)),
    ];

    private static readonly IPNetwork PublicV6 = IPNetwork.Parse("2000::/3");

    /// <summary>Whether a webhook may reach an address.</summary>
    public bool Permits(IPAddress address)
    {
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return allowed.Any(network => network.Contains(plain))
            || (
                (plain.AddressFamily == AddressFamily.InterNetwork || PublicV6.Contains(plain))
                && !NotPublic.Any(network => network.Contains(plain))
            );
    }

    /// <summary>Connects to an address that may be reached; for
    /// <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <exception cref="ForbiddenAddressException">The name has no such address.</exception>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint to, CancellationToken cancel)
    {
        IPAddress[] all = await Dns.GetHostAddressesAsync(to.Host, cancel).ConfigureAwait(false);
        IPAddress[] permitted = [.. all.Where(Permits)];
        if (permitted.Length == 0)
        {
            throw new ForbiddenAddressException(
                $"{to.Host} leads to {string.Join(", ", all.Take(3).Select(one => one.ToString()))}, which isn't "
                    + "public; notify.allow in engine.yaml would have to list it"
            );
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(permitted, to.Port, cancel).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
