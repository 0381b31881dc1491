using System.Net;
using StackExchange.Redis;

namespace Engine.Configuration.Connections;

/// <summary>A Redis, a Redis Cluster, or the sentinels of one: where it is, and how connections to it are
/// secured.</summary>
public sealed class RedisServers
{
    private readonly RedisSecurity _security;

    /// <param name="address"><c>host:port[,host:port…][,option=value…]</c> as StackExchange.Redis reads it; its user,
    /// password and ssl come before those of the security.</param>
    /// <exception cref="ConfigException">The address can't be read.</exception>
    public RedisServers(string address, RedisSecurity security)
    {
        (Address, _security) = (address, security);
        Hosts = HostsIn(address);
        ConfigurationOptions options = Parsed();
        Tls = security.Tls ?? (options.Ssl ? new TlsClient(new TlsFiles("redis_security"), options.SslHost) : null);
    }

    /// <summary>The address with its options, which may contain a password: not for messages.</summary>
    public string Address { get; }

    /// <summary>The hosts and ports alone, for messages and logs.</summary>
    public string Hosts { get; }

    /// <summary>TLS, or null for plain connections.</summary>
    public TlsClient? Tls { get; }

    /// <summary>Gets the options of the client. Every call returns its own copy.</summary>
    public ConfigurationOptions Options()
    {
        ConfigurationOptions options = Parsed();
        options.User = Chosen(options.User, _security.User);
        options.Password = Chosen(options.Password, _security.Password);
        if (_security.SentinelPassword != null)
        {
            options.SentinelPassword = _security.SentinelPassword;
            // The client would take the servers' user.
            options.SentinelUser = _security.SentinelUser.Length > 0 ? _security.SentinelUser : "default";
        }

        if (Tls is not { } tls)
        {
            return options;
        }

        options.Ssl = true;
        options.SslHost = tls.NameOf(options.SslHost ?? "") is { Length: > 0 } name ? name : null;
        options.CertificateSelection += (_, _, _, _, _) => tls.Certificate!;
        // The handshake has compared the names with the host that it knows.
        options.CertificateValidation += (_, certificate, chain, errors) =>
            tls.WhyRefused("", certificate, chain, errors) == null;
        return options;
    }

    /// <summary>Connects.</summary>
    /// <param name="change">Changes the options before.</param>
    /// <exception cref="ConnectionException">No server can be used.</exception>
    public async Task<ConnectionMultiplexer> ConnectAsync(Action<ConfigurationOptions>? change = null)
    {
        ConfigurationOptions options = Options();
        options.AbortOnConnectFail = true;
        change?.Invoke(options);
        try
        {
            return await ConnectionMultiplexer.ConnectAsync(options).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisException or InvalidOperationException or TimeoutException)
        {
            throw await WhyNotAsync(options, e).ConfigureAwait(false);
        }
    }

    /// <summary>Asks the servers one by one, as the client's own errors name neither the cause nor a remedy.</summary>
    private async Task<ConnectionException> WhyNotAsync(ConfigurationOptions options, Exception error)
    {
        bool areSentinels = !string.IsNullOrEmpty(options.ServiceName);
        (string User, string? Password) login = areSentinels
            ? (options.SentinelUser ?? "", options.SentinelPassword)
            : (options.User ?? "", options.Password);
        foreach (EndPoint endPoint in options.EndPoints)
        {
            if (await RedisProbe.WhyNotAsync(endPoint, Tls, login, areSentinels).ConfigureAwait(false) is { } why)
            {
                return new ConnectionException($"Redis at {RedisProbe.Name(endPoint)}: {why}.");
            }
        }

        return new ConnectionException(
            $"no Redis at {Hosts} ({error.Message.Split('.')[0]}): start one, or give another with --redis H:P.",
            isRefused: false
        );
    }

    private ConfigurationOptions Parsed()
    {
        try
        {
            return ConfigurationOptions.Parse(Address);
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw new ConfigException($"the address of Redis {Hosts} can't be read: {e.Message}");
        }
    }

    private static string? Chosen(string? inAddress, string? inSection) =>
        !string.IsNullOrEmpty(inAddress) ? inAddress
        : !string.IsNullOrEmpty(inSection) ? inSection
        : null;

    /// <summary>The hosts come first: what follows an option without a name may be the rest of a password with a
    /// comma.</summary>
    private static string HostsIn(string address)
    {
        string[] parts = address.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string[] hosts = [.. parts.TakeWhile(part => !part.Contains('='))];
        return parts.Skip(hosts.Length).All(part => part.Contains('='))
            ? string.Join(',', hosts)
            : throw new ConfigException(
                "the address of Redis has a host after an option: write the hosts first, then the options; a password "
                    + "with a comma goes into redis_security.password_file or ENGINE_REDIS_PASSWORD"
            );
    }
}
