using Confluent.Kafka;

namespace Engine.Configuration.Connections;

/// <summary>Asks Kafka for its metadata before anything else does. Clients repeat a refused handshake or login without
/// end, and report a timeout; this reports the cause within seconds.</summary>
public static class KafkaCheck
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(10),
        EachWithin = TimeSpan.FromSeconds(1);

    /// <param name="settings">The settings of librdkafka for this connection, with those for security.</param>
    /// <exception cref="ConnectionException">No broker can be used.</exception>
    public static async Task EnsureAsync(
        string brokers,
        KafkaSecurity security,
        IReadOnlyDictionary<string, string> settings,
        CancellationToken cancel
    )
    {
        Error? refusal = null,
            error = null;
        var config = new AdminClientConfig { BootstrapServers = brokers };
        foreach ((string name, string value) in settings)
        {
            config.Set(name, value);
        }

        using IAdminClient admin = new AdminClientBuilder(config)
            .SetLogHandler((_, _) => { })
            .SetErrorHandler(
                (_, seen) =>
                {
                    if (seen.Code == ErrorCode.Local_Authentication)
                    {
                        Volatile.Write(ref refusal, seen);
                    }
                    else if (seen.Code != ErrorCode.Local_AllBrokersDown)
                    {
                        Volatile.Write(ref error, seen);
                    }
                }
            )
            .Build();
        long since = TimeProvider.System.GetTimestamp();
        while (!await TryAsync(admin).ConfigureAwait(false))
        {
            cancel.ThrowIfCancellationRequested();
            string? why =
                Volatile.Read(ref refusal) == null
                    ? await KafkaProbe.WhyNotAsync(brokers, security).ConfigureAwait(false)
                    : $"it refuses the user '{security.User}', the password or {security.Sasl}: check kafka_security's "
                        + "user, password (password_file or ENGINE_KAFKA_PASSWORD) and sasl";
            if (why != null)
            {
                throw new ConnectionException($"Kafka at {brokers}: {why}.");
            }

            if (TimeProvider.System.GetElapsedTime(since) > Within)
            {
                throw new ConnectionException(
                    $"no Kafka at {brokers} ({error?.Reason ?? "it doesn't answer"}): start one, or give another with "
                        + "--kafka H:P.",
                    isRefused: false
                );
            }
        }
    }

    /// <summary>Asks once. The call can't be cancelled, and the process mustn't end during it, so it is
    /// short.</summary>
    private static Task<bool> TryAsync(IAdminClient admin) =>
        Task.Run(() =>
        {
            try
            {
                admin.GetMetadata(EachWithin);
                return true;
            }
            catch (KafkaException)
            {
                return false;
            }
        });
}
