using System.Net.Security;

namespace Engine.Configuration.Connections;

/// <summary>One handshake with a server, and what it showed in case the connection ends.</summary>
public sealed class TlsHandshake
{
    private readonly TlsClient _client;
    private string? _refusal;
    private bool _hasPresented,
        _hasAsked;

    /// <param name="host">The host name or address by which the server is reached.</param>
    public TlsHandshake(TlsClient client, string host)
    {
        _client = client;
        string name = client.NameOf(host);
        Options = new SslClientAuthenticationOptions
        {
            TargetHost = name,
            RemoteCertificateValidationCallback = (_, presented, chain, errors) =>
            {
                _hasPresented = true;
                _refusal = client.WhyRefused(name, presented, chain, errors);
                return _refusal == null;
            },
            LocalCertificateSelectionCallback = (_, _, _, presented, _) =>
            {
                // Before the server has presented its certificate, it can't have asked for ours.
                _hasAsked |= presented != null;
                return client.Certificate!;
            },
        };
    }

    public SslClientAuthenticationOptions Options { get; }

    /// <summary>Why the connection ended before the server answered anything: under TLS 1.3 it refuses a client's
    /// certificate only after the handshake.</summary>
    /// <param name="otherwise">The reason if it isn't about certificates.</param>
    public string WhyEnded(string otherwise) =>
        _refusal
        ?? (_hasAsked || (_hasPresented && _client.Certificate != null) ? _client.CertificateWanted : otherwise);
}
