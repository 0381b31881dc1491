using System.Buffers.Binary;
using System.Net.Sockets;

namespace Engine.Configuration.Connections;

/// <summary>Connects to a broker and asks as a client does, to find out why it can't be used, which librdkafka doesn't
/// tell.</summary>
/// <remarks>
/// Request: size int32, key int16, version int16, correlation int32, client's name int16 (-1 for none), body.
/// Brokers that expect a login answer ApiVersions, and end the connection at Metadata.
/// </remarks>
internal static class KafkaProbe
{
    private const short ApiVersions = 18,
        Metadata = 3,
        MetadataVersion = 4;

    /// <summary>The first byte of a TLS alert.</summary>
    private const byte Alert = 0x15;

    /// <summary>The body of a Metadata request: no topics (int32), and none to create (bool).</summary>
    private static readonly byte[] NoTopics = new byte[5];

    /// <summary>Gets why the first reachable broker refuses the connection, and what to do; null if none
    /// does.</summary>
    public static async Task<string?> WhyNotAsync(string brokers, KafkaSecurity security)
    {
        foreach (string broker in brokers.Split(',', StringSplitOptions.TrimEntries))
        {
            int colon = broker.LastIndexOf(':');
            if (colon < 0 || !ushort.TryParse(broker.AsSpan(colon + 1), out ushort port))
            {
                continue;
            }

            try
            {
                (TlsProbe probe, string? whyNot) = await TlsProbe
                    .ConnectAsync(broker[..colon].Trim('[', ']'), port, security.Tls)
                    .ConfigureAwait(false);
                using (probe)
                {
                    return whyNot ?? await AskAsync(probe, security).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // Another broker may be reachable.
            }
        }

        return null;
    }

    private static async Task<string?> AskAsync(TlsProbe probe, KafkaSecurity security)
    {
        const string Ends = "it ends the connection";
        if (!await AnswersAsync(probe, ApiVersions, 0, []).ConfigureAwait(false))
        {
            return probe.WhyEnded(
                security.Tls == null ? $"{Ends}: if it expects TLS, set kafka_security.tls: true" : Ends
            );
        }

        return
            security.Sasl.Length == 0
            && !await AnswersAsync(probe, Metadata, MetadataVersion, NoTopics).ConfigureAwait(false)
            ? $"{Ends}: if it expects a login, set kafka_security.sasl, kafka_security.user and the password"
            : null;
    }

    private static async Task<bool> AnswersAsync(TlsProbe probe, short key, short version, byte[] body)
    {
        byte[] request = new byte[4 + 2 + 2 + 4 + 2 + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(request, request.Length - 4);
        BinaryPrimitives.WriteInt16BigEndian(request.AsSpan(4), key);
        BinaryPrimitives.WriteInt16BigEndian(request.AsSpan(6), version);
        BinaryPrimitives.WriteInt16BigEndian(request.AsSpan(12), -1);
        body.CopyTo(request, 14);
        try
        {
            await probe.Stream.WriteAsync(request, probe.Limit).ConfigureAwait(false);
            byte[] size = new byte[4];
            await probe.Stream.ReadExactlyAsync(size, probe.Limit).ConfigureAwait(false);
            if (size[0] == Alert)
            {
                return false;
            }

            byte[] answer = new byte[Math.Clamp(BinaryPrimitives.ReadInt32BigEndian(size), 0, 1 << 20)];
            await probe.Stream.ReadExactlyAsync(answer, probe.Limit).ConfigureAwait(false);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
