using System.Net.Sockets;
using Confluent.Kafka;

namespace Engine.Configuration.Connections;

/// <summary>Asks Kafka for its metadata before anything else does. Clients repeat a refused handshake or login without
/// end, and report a timeout; this reports the cause at once.</summary>
public static class KafkaCheck
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(10),
        LookEvery = TimeSpan.FromMilliseconds(50);

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
            .SetErrorHandler((_, seen) => Note(seen, ref refusal, ref error))
            .Build();
        // The client's call can't be cancelled.
        Task<Metadata> answer = Task.Run(() => admin.GetMetadata(Within), CancellationToken.None);
        while (!answer.IsCompleted && Volatile.Read(ref refusal) == null)
        {
            await Task.WhenAny(answer, Task.Delay(LookEvery, TimeProvider.System, cancel)).ConfigureAwait(false);
            cancel.ThrowIfCancellationRequested();
        }

        if (answer.IsCompletedSuccessfully)
        {
            return;
        }

        _ = answer.ContinueWith(late => late.Exception, TaskScheduler.Default);
        throw Volatile.Read(ref refusal) is { } refused
            ? new ConnectionException(await OfRefusalAsync(brokers, security, refused).ConfigureAwait(false))
            : new ConnectionException(
                $"no Kafka at {brokers} ({(error ?? Of(answer))?.Reason ?? "it doesn't answer"}): start one, or give "
                    + "another with --kafka H:P.",
                isRefused: false
            );
    }

    private static Error? Of(Task<Metadata> answer) => (answer.Exception?.InnerException as KafkaException)?.Error;

    private static void Note(Error seen, ref Error? refusal, ref Error? error)
    {
        if (
            seen.Code is ErrorCode.Local_Authentication or ErrorCode.Local_Ssl
            || seen.Reason.Contains("security.protocol", StringComparison.Ordinal)
        )
        {
            Volatile.Write(ref refusal, seen);
        }
        else if (seen.Code != ErrorCode.Local_AllBrokersDown)
        {
            Volatile.Write(ref error, seen);
        }
    }

    private static async Task<string> OfRefusalAsync(string brokers, KafkaSecurity security, Error refusal)
    {
        string at = $"Kafka at {brokers}:";
        if (refusal.Code == ErrorCode.Local_Authentication)
        {
            return $"{at} it refuses the user '{security.User}', the password or {security.Sasl}: check "
                + "kafka_security's user, password (password_file or ENGINE_KAFKA_PASSWORD) and sasl.";
        }

        foreach (string broker in brokers.Split(',', StringSplitOptions.TrimEntries))
        {
            if (await WhyNotAsync(broker, security.Tls).ConfigureAwait(false) is { } why)
            {
                return $"{at} {why}.";
            }
        }

        return security.Tls == null
            ? $"{at} it ends the connection: if it expects TLS or a login, set kafka_security ({refusal.Reason})."
            : $"{at} {refusal.Reason}.";
    }

    /// <summary>Gets why the handshake with a broker fails, which librdkafka doesn't tell.</summary>
    private static async Task<string?> WhyNotAsync(string broker, TlsClient? tls)
    {
        int colon = broker.LastIndexOf(':');
        if (tls == null || colon < 0 || !int.TryParse(broker.AsSpan(colon + 1), out int port))
        {
            return null;
        }

        try
        {
            (TlsProbe probe, string? whyNot) = await TlsProbe
                .ConnectAsync(broker[..colon].Trim('[', ']'), port, tls)
                .ConfigureAwait(false);
            using (probe)
            {
                return whyNot ?? await WhyEndedAsync(probe).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>A broker that doesn't want our certificate says so after the handshake, and is silent
    /// otherwise.</summary>
    private static async Task<string?> WhyEndedAsync(TlsProbe probe)
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1), TimeProvider.System);
        try
        {
            byte[] any = new byte[1];
            await probe.Stream.ReadAsync(any, soon.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        catch (IOException)
        {
            // It ended the connection.
        }

        return probe.WhyEnded("it ends the connection after the TLS handshake");
    }
}
