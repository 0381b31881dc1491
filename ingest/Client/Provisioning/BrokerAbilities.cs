using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Engine.Client.Provisioning;

/// <summary>Asks a broker which requests it supports (Kafka's ApiVersions, version 0). librdkafka's in-process cluster
/// doesn't support CreateTopics, and clients would wait for its missing controller until the request times out. It
/// answers this request at once.</summary>
/// <remarks>
/// Request: size int32, key int16 = 18, version int16 = 0, correlation int32, client's name int16 length and bytes.
/// Response: size int32, correlation int32, error int16, count int32, then for each: key int16, min int16, max int16.
/// </remarks>
internal static class BrokerAbilities
{
    private const short ApiVersions = 18;
    private const short CreateTopics = 19;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Whether the broker supports CreateTopics. Asks only a broker on the loopback interface, where the
    /// in-process cluster always is. Whatever gives an unexpected answer (TLS, for example) counts as a real
    /// broker.</summary>
    internal static async Task<bool> CreatesTopicsAsync(string bootstrap, TimeProvider time)
    {
        string first = bootstrap.Split(',')[0];
        int colon = first.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(first.AsSpan(colon + 1), out ushort port))
        {
            return true;
        }

        string host = first[..colon];
        if (host != "localhost" && !(IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address)))
        {
            return true;
        }

        try
        {
            using var limit = new CancellationTokenSource(Patience, time);
            using var client = new TcpClient();
            await client.ConnectAsync(host, port, limit.Token).ConfigureAwait(false);
            NetworkStream stream = client.GetStream();
            await stream.WriteAsync(Request(), limit.Token).ConfigureAwait(false);
            byte[] size = new byte[4];
            await stream.ReadExactlyAsync(size, limit.Token).ConfigureAwait(false);
            int length = BinaryPrimitives.ReadInt32BigEndian(size);
            if (length is < 10 or > 65_536)
            {
                return true;
            }

            byte[] answer = new byte[length];
            await stream.ReadExactlyAsync(answer, limit.Token).ConfigureAwait(false);
            return Serves(answer, CreateTopics);
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException)
        {
            return true; // the client will report the problem better
        }
    }

    private static byte[] Request()
    {
        byte[] request = new byte[4 + 2 + 2 + 4 + 2];
        BinaryPrimitives.WriteInt32BigEndian(request, request.Length - 4);
        BinaryPrimitives.WriteInt16BigEndian(request.AsSpan(4), ApiVersions);
        BinaryPrimitives.WriteInt16BigEndian(request.AsSpan(12), -1); // no name
        return request;
    }

    private static bool Serves(ReadOnlySpan<byte> answer, short api)
    {
        if (BinaryPrimitives.ReadInt16BigEndian(answer[4..]) != 0)
        {
            return true;
        }

        int count = BinaryPrimitives.ReadInt32BigEndian(answer[6..]);
        for (int i = 0, at = 10; i < count && at + 6 <= answer.Length; i++, at += 6)
        {
            if (BinaryPrimitives.ReadInt16BigEndian(answer[at..]) == api)
            {
                return true;
            }
        }
        return false;
    }
}
