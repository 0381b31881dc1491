using System.Net;
using System.Net.Sockets;

namespace Engine.Primitives;

/// <summary>Sockets for the hot path: only connecting blocks, up to a time limit.</summary>
public static class NonBlocking
{
    /// <summary>Connects a socket. Throws <see cref="SocketException"/> if it can't.</summary>
    public static Socket Connect(EndPoint endPoint, TimeSpan within)
    {
        var socket = new Socket(
            endPoint.AddressFamily == AddressFamily.Unspecified ? AddressFamily.InterNetwork : endPoint.AddressFamily,
            SocketType.Stream,
            ProtocolType.Tcp
        )
        {
            NoDelay = true,
        };
        try
        {
            // An asynchronous call would register the socket with the runtime's event loop for good, which would wake a
            // thread for all data that arrives.
            socket.Blocking = false;
            Connect(socket, endPoint, within);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void Connect(Socket socket, EndPoint endPoint, TimeSpan within)
    {
        try
        {
            socket.Connect(endPoint);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            if (!socket.Poll(within, SelectMode.SelectWrite))
            {
                throw new SocketException((int)SocketError.TimedOut);
            }

            int error = (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
            if (error != 0)
            {
                throw new SocketException(error);
            }
        }
    }
}
