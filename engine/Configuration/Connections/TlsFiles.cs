namespace Engine.Configuration.Connections;

/// <summary>The files of a TLS client, all in PEM; empty for none.</summary>
/// <param name="section">The section of engine.yaml that names them.</param>
public sealed class TlsFiles(string section)
{
    public string Section { get; } = section;

    /// <summary>The certificates of the trusted authorities; empty for the system's.</summary>
    public string Ca { get; private set; } = "";

    public string Certificate { get; private set; } = "";

    /// <summary>The key of <see cref="Certificate"/>; empty if it is in the same file.</summary>
    public string Key { get; private set; } = "";

    /// <summary>The password of the key, or null.</summary>
    public string? KeyPassword { get; private set; }

    /// <summary>Whether the section can name the host that certificates must be for.</summary>
    public bool HasServerName { get; init; }

    internal static TlsFiles Take(ConnectionFields fields, bool hasServerName) =>
        new(fields.Section)
        {
            Ca = fields.File("ca"),
            Certificate = fields.File("certificate"),
            Key = fields.File("key"),
            KeyPassword = fields.Secret("key_password"),
            HasServerName = hasServerName,
        };

    /// <summary>Refuses files that would have no effect.</summary>
    internal void Check(bool isTls)
    {
        if (!isTls && (Ca.Length > 0 || Certificate.Length > 0))
        {
            throw new ConfigException($"{Section} names files for TLS, but tls is false: set {Section}.tls: true");
        }

        if (Certificate.Length == 0 && Key.Length > 0)
        {
            throw new ConfigException($"{Section}.key is set, but not {Section}.certificate: set both");
        }
    }
}
