namespace Engine.Configuration.Connections;

/// <summary>How connections to Redis, its cluster's nodes and its sentinels are secured: <c>redis_security</c> in
/// engine.yaml.</summary>
public sealed class RedisSecurity
{
    private const string Section = "redis_security";

    public static readonly RedisSecurity None = new();

    private RedisSecurity() { }

    /// <summary>TLS, or null for plain connections.</summary>
    public TlsClient? Tls { get; private init; }

    /// <summary>The ACL user; empty for the default user.</summary>
    public string User { get; private init; } = "";

    public string? Password { get; private init; }

    /// <summary>The sentinels' ACL user; empty for their default user.</summary>
    public string SentinelUser { get; private init; } = "";

    public string? SentinelPassword { get; private init; }

    /// <summary>Reads the section.</summary>
    /// <param name="fields">The section, which may be empty.</param>
    /// <param name="folder">The folder of engine.yaml.</param>
    /// <exception cref="ConfigException">The fields contradict each other, or a file doesn't load.</exception>
    public static RedisSecurity Read(YamlFields fields, string folder)
    {
        var own = new ConnectionFields(Section, fields, folder);
        bool isTls = own.Flag("tls");
        TlsFiles files = TlsFiles.Take(own, hasServerName: true);
        string serverName = own.Text("server_name");
        string user = own.Text("user"),
            sentinelUser = own.Text("sentinel_user");
        string? password = own.Secret("password"),
            sentinelPassword = own.Secret("sentinel_password");
        own.End();
        files.Check(isTls);
        CheckPassword(own, user, password, "");
        CheckPassword(own, sentinelUser, sentinelPassword, "sentinel_");
        return new RedisSecurity
        {
            Tls = isTls ? new TlsClient(files, serverName.Length > 0 ? serverName : null) : null,
            User = user,
            Password = password,
            SentinelUser = sentinelUser,
            SentinelPassword = sentinelPassword,
        };
    }

    private static void CheckPassword(ConnectionFields own, string user, string? password, string prefix)
    {
        if (user.Length > 0 && password == null)
        {
            throw new ConfigException(
                $"{Section}.{prefix}user needs a password: set {Section}.{prefix}password_file or the environment "
                    + $"variable {own.VariableOf(prefix + "password")}"
            );
        }
    }
}
