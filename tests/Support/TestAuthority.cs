using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tests.Support;

/// <summary>A certificate authority of a test, which issues certificates as files in PEM.</summary>
public sealed class TestAuthority : IDisposable
{
    private readonly LiveFolder _folder;
    private readonly X509Certificate2 _certificate;

    public TestAuthority(LiveFolder folder, string name = "authority")
    {
        _folder = folder;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true)
        );
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        DateTimeOffset now = DateTimeOffset.UtcNow;
        _certificate = request.CreateSelfSigned(now.AddYears(-2), now.AddYears(2));
        CaFile = folder.Write($"{name}.pem", _certificate.ExportCertificatePem());
    }

    /// <summary>The file with its own certificate, which those who trust it name.</summary>
    public string CaFile { get; }

    /// <summary>Issues a certificate. Its files are <c>name.pem</c> and <c>name.key</c>.</summary>
    /// <param name="hosts">The names and addresses that it is for; none for a client.</param>
    /// <param name="hasExpired">Whether it was valid until yesterday.</param>
    /// <param name="keyPassword">Encrypts the key.</param>
    public TestCertificate Issue(string name, string[] hosts, bool hasExpired = false, string? keyPassword = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, false));
        // Nodes of a cluster and replicas are servers and clients.
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false)
        );
        if (hosts.Length > 0)
        {
            var names = new SubjectAlternativeNameBuilder();
            foreach (string host in hosts)
            {
                if (IPAddress.TryParse(host, out IPAddress? address))
                {
                    names.AddIpAddress(address);
                }
                else
                {
                    names.AddDnsName(host);
                }
            }

            request.CertificateExtensions.Add(names.Build());
        }

        DateTimeOffset now = DateTimeOffset.UtcNow;
        using X509Certificate2 certificate = request.Create(
            _certificate,
            now.AddYears(-1),
            hasExpired ? now.AddDays(-1) : now.AddYears(1),
            RandomNumberGenerator.GetBytes(8)
        );
        return new TestCertificate(
            _folder.Write($"{name}.pem", certificate.ExportCertificatePem()),
            _folder.Write(
                $"{name}.key",
                keyPassword == null
                    ? key.ExportPkcs8PrivateKeyPem()
                    : key.ExportEncryptedPkcs8PrivateKeyPem(
                        keyPassword,
                        new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 10_000)
                    )
            )
        );
    }

    public void Dispose() => _certificate.Dispose();
}

/// <summary>The files of a certificate and its key.</summary>
public sealed record TestCertificate(string File, string Key);
