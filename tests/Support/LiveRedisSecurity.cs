using System.Security.Cryptography.X509Certificates;
using StackExchange.Redis;

namespace Tests.Support;

/// <summary>TLS and a user of a test's Redis servers. The default user is off.</summary>
/// <param name="Ca">The file of the authority whose client certificates they take.</param>
/// <param name="Server">Their certificate.</param>
public sealed record LiveRedisSecurity(string Ca, TestCertificate Server)
{
    public const string User = "engine",
        Password = "pass, word=1";

    /// <summary>The user of the test itself and of replicas, who may do all.</summary>
    public const string Admin = "admin";

    /// <summary>What docs/running.md says that the engine needs.</summary>
    private const string Rights = "~* &* +@all -@dangerous +info +config|get +cluster|nodes";

    /// <summary>Whether they insist on a client certificate.</summary>
    public bool WantsCertificates { get; init; }

    /// <summary>A certificate for the test itself.</summary>
    public TestCertificate? Client { get; init; }

    public string[] Arguments(int port) =>
        [.. TlsArguments(port), "--aclfile", AclFile(), "--masteruser", Admin, "--masterauth", Password];

    /// <summary>The arguments of a server or a sentinel, in pairs.</summary>
    public string[] TlsArguments(int port) =>
        [
            "--port",
            "0",
            "--tls-port",
            $"{port}",
            "--tls-cert-file",
            Server.File,
            "--tls-key-file",
            Server.Key,
            "--tls-ca-cert-file",
            Ca,
            "--tls-auth-clients",
            WantsCertificates ? "yes" : "optional",
            "--tls-replication",
            "yes",
            "--tls-cluster",
            "yes",
        ];

    public void Secure(ConfigurationOptions options)
    {
        (options.Ssl, options.User, options.Password) = (true, Admin, Password);
        options.CertificateValidation += (_, presented, _, _) => presented != null;
        if (Client is { } client)
        {
            var own = X509Certificate2.CreateFromPemFile(client.File, client.Key);
            options.CertificateSelection += (_, _, _, _, _) => own;
        }
    }

    /// <summary>Passwords with spaces can only be given by their hashes.</summary>
    private string AclFile()
    {
        byte[] hash = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Password));
        string file = Path.ChangeExtension(Ca, ".acl");
        string secret = Convert.ToHexStringLower(hash);
        File.WriteAllText(
            file,
            $"user default off\nuser {User} on #{secret} {Rights}\nuser {Admin} on #{secret} ~* &* +@all\n"
        );
        return file;
    }
}
