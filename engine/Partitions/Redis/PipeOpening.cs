using System.Net;
using System.Text;
using Engine.Configuration.Connections;

namespace Engine.Partitions.Redis;

/// <summary>How a connection to a Redis node is opened.</summary>
public sealed class PipeOpening
{
    /// <summary>Without password and TLS.</summary>
    public static readonly PipeOpening Plain = new(null, null, null);

    private readonly TlsClient? _tls;

    /// <param name="user">The ACL user; null for the default user.</param>
    /// <param name="password">Null if the servers ask for none.</param>
    /// <param name="tls">Null for a plain connection.</param>
    public PipeOpening(string? user, string? password, TlsClient? tls)
    {
        _tls = tls;
        // Under TLS 1.3 a server refuses a client's certificate after the handshake: only a reply shows that it
        // accepts it.
        string greeting =
            !string.IsNullOrEmpty(password)
                ? "*3\r\n" + BulkString("AUTH") + BulkString(user ?? "default") + BulkString(password)
            : tls != null ? "*1\r\n" + BulkString("PING")
            : "";
        Greeting = Encoding.UTF8.GetBytes(greeting);
        Replies = greeting.Length > 0 ? 1 : 0;
    }

    /// <summary>The commands to begin with, as RESP.</summary>
    public byte[] Greeting { get; }

    /// <summary>The number of replies to <see cref="Greeting"/>.</summary>
    public int Replies { get; }

    /// <summary>Connects. Throws <see cref="IOException"/> if nothing accepts the connection.</summary>
    internal INodeConnection Connect(EndPoint endPoint, TimeProvider clock) =>
        _tls == null ? new NodeSocket(endPoint) : new NodeTls(endPoint, _tls, clock);

    private static string BulkString(string text) => $"${Encoding.UTF8.GetByteCount(text)}\r\n{text}\r\n";
}
