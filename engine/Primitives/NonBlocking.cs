using System.Net;
using System.Net.Sockets;

namespace Engine.Primitives;

/// <summary>Sockets of the hot path: no call waits, but connecting for as long as it is told.</summary>
public static class NonBlocking
{
    /// <summary>A connected socket; a <see cref="SocketException"/> says why there is none.</summary>
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
            // An asynchronous call would make the runtime's event loop watch the socket from then on, and wake a thread
            // for all that comes.
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
