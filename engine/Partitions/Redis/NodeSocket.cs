using System.Net;
using System.Net.Sockets;
using Engine.Primitives;

namespace Engine.Partitions.Redis;

/// <summary>A plain connection to a Redis node.</summary>
internal sealed class NodeSocket : INodeConnection
{
    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(2),
        DeadAfter = TimeSpan.FromSeconds(10);

    /// <summary>TCP_USER_TIMEOUT on Linux: the time that sent bytes may stay unacknowledged.</summary>
    private const int TcpUserTimeout = 18;

    private readonly Socket _socket;

    /// <summary>Connects.</summary>
    /// <exception cref="IOException">Nothing accepts the connection.</exception>
    public NodeSocket(EndPoint endPoint)
    {
        try
        {
            _socket = NonBlocking.Connect(endPoint, ConnectWithin);
            KeepAlive(_socket);
        }
        catch (Exception e) when (e is SocketException or AggregateException)
        {
            throw new IOException((e.InnerException ?? e).Message, e);
        }
    }

    public int Send(ReadOnlySpan<byte> bytes)
    {
        int sent = _socket.Send(bytes, SocketFlags.None, out SocketError error);
        return error switch
        {
            SocketError.Success => sent,
            SocketError.WouldBlock => 0,
            _ => throw Failure(error),
        };
    }

    public int Receive(Span<byte> into)
    {
        int received = _socket.Receive(into, SocketFlags.None, out SocketError error);
        return error switch
        {
            SocketError.Success when received > 0 => received,
            SocketError.Success => throw Failure(SocketError.ConnectionReset),
            SocketError.WouldBlock => 0,
            _ => throw Failure(error),
        };
    }

    public void Wait(int milliseconds) => _socket.Poll(milliseconds * 1000, SelectMode.SelectRead);

    public void Dispose() => _socket.Dispose();

    /// <summary>Detects a dead host within <see cref="DeadAfter"/>. A paused server isn't taken for dead, because its
    /// kernel continues to acknowledge.</summary>
    private static void KeepAlive(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 5);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 2);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
        if (OperatingSystem.IsLinux())
        {
            socket.SetRawSocketOption(
                (int)SocketOptionLevel.Tcp,
                TcpUserTimeout,
                BitConverter.GetBytes((int)DeadAfter.TotalMilliseconds)
            );
        }
    }

    private static IOException Failure(SocketError error)
    {
        var cause = new SocketException((int)error);
        return new IOException(cause.Message, cause);
    }
}
