namespace Engine.Configuration.Connections;

/// <summary>How connections to Kafka are secured: <c>kafka_security</c> in engine.yaml.</summary>
public sealed class KafkaSecurity
{
    private const string Section = "kafka_security";

    private static readonly string[] Mechanisms = ["plain", "scram-sha-256", "scram-sha-512"];

    public static readonly KafkaSecurity None = new();

    private TlsFiles _files = new(Section);
    private string? _password;

    private KafkaSecurity() { }

    /// <summary>TLS, or null for plain connections.</summary>
    public TlsClient? Tls { get; private set; }

    /// <summary>The SASL mechanism in lower case; empty for none.</summary>
    public string Sasl { get; private set; } = "";

    public string User { get; private set; } = "";

    /// <summary>Reads the section.</summary>
    /// <param name="fields">The section, which may be empty.</param>
    /// <param name="folder">The folder of engine.yaml.</param>
    /// <exception cref="ConfigException">The fields contradict each other, or a file doesn't load.</exception>
    public static KafkaSecurity Read(YamlFields fields, string folder)
    {
        var own = new ConnectionFields(Section, fields, folder);
        bool isTls = own.Flag("tls");
        var security = new KafkaSecurity
        {
            _files = TlsFiles.Take(own, hasServerName: false),
            Sasl = own.Text("sasl"),
            User = own.Text("user"),
            _password = own.Secret("password"),
        };
        own.End();
        security.Check(own, isTls);
        security.Tls = isTls ? new TlsClient(security._files, null) : null;
        return security;
    }

    /// <summary>The settings of librdkafka, by its names.</summary>
    public Dictionary<string, string> Settings()
    {
        var settings = new Dictionary<string, string>();
        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                settings[name] = value;
            }
        }

        if (Tls == null && Sasl.Length == 0)
        {
            return settings;
        }

        Add(
            "security.protocol",
            Sasl.Length == 0 ? "ssl"
                : Tls == null ? "sasl_plaintext"
                : "sasl_ssl"
        );
        Add("ssl.ca.location", _files.Ca);
        Add("ssl.certificate.location", _files.Certificate);
        Add("ssl.key.location", _files.Key.Length > 0 ? _files.Key : _files.Certificate);
        Add("ssl.key.password", _files.KeyPassword);
        if (Sasl.Length > 0)
        {
            Add("sasl.mechanism", Sasl.ToUpperInvariant());
            Add("sasl.username", User);
            Add("sasl.password", _password);
        }

        return settings;
    }

    private void Check(ConnectionFields own, bool isTls)
    {
        _files.Check(isTls);
        if (Sasl.Length == 0)
        {
            if (User.Length > 0)
            {
                throw new ConfigException(
                    $"{Section}.user is set, but not {Section}.sasl: set it to {string.Join(", ", Mechanisms)}"
                );
            }

            return;
        }

        if (!Mechanisms.Contains(Sasl))
        {
            throw new ConfigException(
                $"{Section}.sasl is '{Sasl}'; expected {string.Join(", ", Mechanisms)}, or nothing"
            );
        }

        if (User.Length == 0 || _password == null)
        {
            throw new ConfigException(
                $"{Section}.sasl needs a user and a password: set {Section}.user, and {Section}.password_file or the "
                    + $"environment variable {own.VariableOf("password")}"
            );
        }
    }
}
