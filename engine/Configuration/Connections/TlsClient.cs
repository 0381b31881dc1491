using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Engine.Configuration.Connections;

/// <summary>The client's side of TLS: the authorities that it trusts, the certificate that it presents, and why it
/// refuses a server's. Immutable.</summary>
public sealed class TlsClient
{
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    private readonly TlsFiles _files;
    private readonly X509Certificate2Collection? _authorities;
    private readonly X509Certificate2? _certificate;
    private readonly string? _serverName;

    /// <summary>Loads the files.</summary>
    /// <param name="serverName">The name expected in servers' certificates; null for the host that is connected
    /// to.</param>
    /// <exception cref="ConfigException">A file doesn't load.</exception>
    public TlsClient(TlsFiles files, string? serverName)
    {
        (_files, _serverName) = (files, serverName);
        _authorities = files.Ca.Length == 0 ? null : Load($"{files.Section}.ca", files.Ca, ReadAuthorities);
        _certificate =
            files.Certificate.Length == 0 ? null : Load($"{files.Section}.certificate", files.Certificate, ReadOwn);
    }

    /// <summary>The section of engine.yaml that configures it, for messages.</summary>
    public string Section => _files.Section;

    /// <summary>The certificate that it presents to a server that asks for one, or null.</summary>
    public X509Certificate2? Certificate => _certificate;

    /// <summary>The name expected in the certificate of a server.</summary>
    /// <param name="host">The host name or address by which it is reached.</param>
    public string NameOf(string host) => _serverName ?? host;

    /// <summary>Why a server's certificate is refused, and what to do; null if it is accepted.</summary>
    /// <param name="name">The name that was expected in it.</param>
    public string? WhyRefused(string name, X509Certificate? presented, X509Chain? chain, SslPolicyErrors errors)
    {
        if (presented is not X509Certificate2 certificate || chain == null)
        {
            return "it presents no certificate";
        }

        if (_authorities == null)
        {
            return errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors)
                ? WhyUntrusted(certificate, chain)
                : WhyMisnamed(name, certificate, errors);
        }

        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        own.ChainPolicy.ExtraStore.AddRange(chain.ChainPolicy.ExtraStore);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        own.ChainPolicy.DisableCertificateDownloads = true;
        own.ChainPolicy.ApplicationPolicy.Add(ServerAuthentication);
        return own.Build(certificate) ? WhyMisnamed(name, certificate, errors) : WhyUntrusted(certificate, own);
    }

    /// <summary>What to do if a server refuses the connection for want of a client certificate, or for ours.</summary>
    public string CertificateWanted =>
        _certificate == null
            ? $"it asks for a client certificate: set {Section}.certificate and {Section}.key"
            : $"it refuses the client certificate in {_files.Certificate}: present one that its authorities signed";

    private string WhyUntrusted(X509Certificate2 certificate, X509Chain chain)
    {
        X509ChainStatusFlags found = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, status) =>
            all | status.Status
        );
        if (found.HasFlag(X509ChainStatusFlags.NotTimeValid))
        {
            DateTime now = chain.ChainPolicy.VerificationTime;
            return now > certificate.NotAfter ? $"its certificate expired on {Day(certificate.NotAfter)}: renew it"
                : now < certificate.NotBefore
                    ? $"its certificate is valid from {Day(certificate.NotBefore)} on: check both machines' clocks"
                : "the certificate of an authority that signed its certificate has expired: renew it";
        }

        return (found & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0
            ? $"its certificate isn't signed by an authority in {Authorities}: set {Section}.ca to the file of the "
                + "authority that signed it"
            : $"its certificate isn't valid ({found})";
    }

    private string? WhyMisnamed(string name, X509Certificate2 certificate, SslPolicyErrors errors) =>
        errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
            ? $"its certificate is for {string.Join(", ", NamesIn(certificate))}, not for {name}: reach it by a name "
                + $"in its certificate{(_files.HasServerName ? $", or set {Section}.server_name" : "")}"
            : null;

    private string Authorities => _authorities == null ? "the system's store" : _files.Ca;

    private static string Day(DateTime time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private static string[] NamesIn(X509Certificate2 certificate)
    {
        X509SubjectAlternativeNameExtension? names = certificate
            .Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .FirstOrDefault();
        string[] found =
            names == null
                ? []
                : [.. names.EnumerateDnsNames(), .. names.EnumerateIPAddresses().Select(address => address.ToString())];
        return found.Length > 0 ? found : [certificate.Subject];
    }

    private static T Load<T>(string field, string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new ConfigException($"{field}: {file} doesn't load: {e.Message}");
        }
    }

    private X509Certificate2Collection ReadAuthorities()
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(_files.Ca);
        return authorities.Count > 0
            ? authorities
            : throw new CryptographicException("it contains no certificate in PEM (BEGIN CERTIFICATE)");
    }

    private X509Certificate2 ReadOwn()
    {
        string key = _files.Key.Length > 0 ? _files.Key : _files.Certificate;
        return _files.KeyPassword == null
            ? X509Certificate2.CreateFromPemFile(_files.Certificate, key)
            : X509Certificate2.CreateFromEncryptedPemFile(_files.Certificate, _files.KeyPassword, key);
    }
}
