using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Engine.Configuration.Connections;

/// <summary>A connection that finds out why a server doesn't accept one.</summary>
internal sealed class TlsProbe : IDisposable
{
    public static readonly TimeSpan Within = TimeSpan.FromSeconds(5);

    private readonly TcpClient _client = new() { NoDelay = true };
    private readonly TlsClient? _tls;
    private readonly CancellationTokenSource _limit = new(Within, TimeProvider.System);
    private TlsHandshake? _handshake;

    private TlsProbe(TlsClient? tls) => _tls = tls;

    public Stream Stream { get; private set; } = Stream.Null;

    public CancellationToken Limit => _limit.Token;

    /// <summary>Connects. Returns the reason if the handshake fails, otherwise null.</summary>
    /// <exception cref="SocketException">Nothing accepts the connection.</exception>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public static async Task<(TlsProbe Probe, string? WhyNot)> ConnectAsync(string host, int port, TlsClient? tls)
    {
        var probe = new TlsProbe(tls);
        try
        {
            await probe._client.ConnectAsync(host, port, probe.Limit).ConfigureAwait(false);
            return (probe, await probe.ShakeHandsAsync(host).ConfigureAwait(false));
        }
        catch
        {
            probe.Dispose();
            throw;
        }
    }

    /// <summary>Why the connection ended before the server answered anything.</summary>
    public string WhyEnded(string otherwise) => _handshake?.WhyEnded(otherwise) ?? otherwise;

    private async Task<string?> ShakeHandsAsync(string host)
    {
        Stream = _client.GetStream();
        if (_tls == null)
        {
            return null;
        }

        var stream = new SslStream(Stream);
        Stream = stream;
        _handshake = new TlsHandshake(_tls, host);
        try
        {
            await stream.AuthenticateAsClientAsync(_handshake.Options, Limit).ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (e is AuthenticationException or IOException or OperationCanceledException)
        {
            return WhyEnded($"it doesn't speak TLS there: give its TLS port, or remove {_tls.Section}.tls");
        }
    }

    public void Dispose()
    {
        Stream.Dispose();
        _client.Dispose();
        _limit.Dispose();
    }
}
