using System.Net;
using System.Net.Sockets;

namespace Integration.Tests.Chaos;

/// <summary>The wire between engines and a Redis server. It can lose answers: what is asked arrives and is done, what
/// is answered doesn't come back, then the connection breaks. Whoever asked can't know whether it was done.</summary>
internal sealed class ChaosWire : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<TcpClient> _open = [];
    private readonly int _port;
    private readonly Task _accepting;
    private volatile bool _losesAnswers;

    /// <param name="port">The server's.</param>
    public ChaosWire(int port)
    {
        _port = port;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Address => _listener.LocalEndpoint.ToString()!;

    public Fault[] Faults => [new("answers lost", 100, 1500, LoseAsync)];

    private async Task LoseAsync(TimeSpan lasts, int draw)
    {
        _losesAnswers = true;
        await Task.Delay(lasts);
        Break();
        _losesAnswers = false;
    }

    private void Break()
    {
        lock (_open)
        {
            foreach (TcpClient client in _open)
            {
                client.Close();
            }

            _open.Clear();
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
        }
        catch (OperationCanceledException)
        {
            // the end of the run
        }
    }

    private async Task ServeAsync(TcpClient engine)
    {
        using (engine)
        using (var redis = new TcpClient())
        {
            try
            {
                await redis.ConnectAsync(IPAddress.Loopback, _port, _stop.Token);
                (engine.NoDelay, redis.NoDelay) = (true, true);
                Open(engine);
                await Task.WhenAny(PassAsync(engine, redis, mayLose: false), PassAsync(redis, engine, mayLose: true));
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // either end may be gone
            }
            finally
            {
                Close(engine);
            }
        }
    }

    private async Task PassAsync(TcpClient from, TcpClient to, bool mayLose)
    {
        try
        {
            byte[] buffer = new byte[64 * 1024];
            int read;
            while ((read = await from.GetStream().ReadAsync(buffer, _stop.Token)) > 0)
            {
                if (!(mayLose && _losesAnswers))
                {
                    await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _stop.Token);
                }
            }
        }
        catch (Exception e)
            when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // the connection broke
        }
    }

    private void Open(TcpClient engine)
    {
        lock (_open)
        {
            _open.Add(engine);
        }
    }

    private void Close(TcpClient engine)
    {
        lock (_open)
        {
            _open.Remove(engine);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Break();
        await _accepting;
        _stop.Dispose();
    }
}
