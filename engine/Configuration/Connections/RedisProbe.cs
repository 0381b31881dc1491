using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Engine.Configuration.Connections;

/// <summary>Connects to a Redis server and logs in, to find out why it can't be used.</summary>
internal static class RedisProbe
{
    /// <summary>The first byte of a TLS alert, with which a TLS port answers a plain command.</summary>
    private const byte Alert = 0x15;

    /// <summary>Gets why a server refuses the connection, and what to do; null if it accepts it, or isn't
    /// there.</summary>
    public static async Task<string?> WhyNotAsync(
        EndPoint endPoint,
        TlsClient? tls,
        (string User, string? Password) login,
        bool isSentinel
    )
    {
        (string host, int port) = HostOf(endPoint);
        try
        {
            (TlsProbe probe, string? whyNot) = await TlsProbe.ConnectAsync(host, port, tls).ConfigureAwait(false);
            using (probe)
            {
                return whyNot ?? await LogInAsync(probe, tls, login, isSentinel).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return null;
        }
    }

    public static string Name(EndPoint endPoint)
    {
        (string host, int port) = HostOf(endPoint);
        return host.Contains(':') ? $"[{host}]:{port}" : $"{host}:{port}";
    }

    private static (string Host, int Port) HostOf(EndPoint endPoint) =>
        endPoint switch
        {
            DnsEndPoint dns => (dns.Host, dns.Port),
            IPEndPoint ip => (ip.Address.ToString(), ip.Port),
            _ => (endPoint.ToString() ?? "", 0),
        };

    private static async Task<string?> LogInAsync(
        TlsProbe probe,
        TlsClient? tls,
        (string User, string? Password) login,
        bool isSentinel
    )
    {
        string wantsTls = "it ends the connection: if it expects TLS, set redis_security.tls: true",
            ended = probe.WhyEnded(tls == null ? wantsTls : "it ends the connection without an answer");
        try
        {
            if (login.Password != null)
            {
                string user = login.User.Length > 0 ? login.User : "default";
                string reply = await AskAsync(probe, "AUTH", user, login.Password).ConfigureAwait(false);
                if (reply.StartsWith('-'))
                {
                    return OfError(reply, user, isSentinel);
                }
            }

            string pong = await AskAsync(probe, "PING").ConfigureAwait(false);
            return pong.StartsWith('-') ? OfError(pong, login.User, isSentinel)
                : pong.Length == 0 ? ended
                : pong[0] == Alert ? wantsTls
                : null;
        }
        catch (IOException)
        {
            return ended;
        }
    }

    private static string OfError(string error, string user, bool isSentinel)
    {
        string prefix = isSentinel ? "sentinel_" : "",
            kind = error[1..].Split(' ')[0];
        string remedy =
            $"set redis_security.{prefix}user, and redis_security.{prefix}password_file or ENGINE_REDIS_"
            + $"{prefix.ToUpperInvariant()}PASSWORD";
        return kind switch
        {
            "WRONGPASS" => $"it refuses the user '{user}' or the password: check them, and {remedy}",
            "NOAUTH" => $"it asks for a password: {remedy}",
            "NOPERM" => $"the user may not do what is needed ({error[1..]}): grant the user these rights",
            _ => error[1..],
        };
    }

    /// <summary>Sends a command and returns the first line of the reply; empty if the connection ends.</summary>
    private static async Task<string> AskAsync(TlsProbe probe, params string[] command)
    {
        var request = new StringBuilder($"*{command.Length}\r\n");
        foreach (string part in command)
        {
            request.Append($"${Encoding.UTF8.GetByteCount(part)}\r\n{part}\r\n");
        }

        await probe.Stream.WriteAsync(Encoding.UTF8.GetBytes(request.ToString()), probe.Limit).ConfigureAwait(false);
        byte[] reply = new byte[1024];
        int read = await probe.Stream.ReadAsync(reply, probe.Limit).ConfigureAwait(false);
        return Encoding.Latin1.GetString(reply, 0, read).Split('\r')[0];
    }
}
