using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Engine.Primitives;

namespace Engine.Pipeline.Consume.Fetch;

/// <summary>A connection to one broker with at most one fetch in progress, for one lane's thread.
/// <see cref="SendFetch"/> sends a request if none is pending. <see cref="TryReceive"/> tells when the response is
/// complete; it stays in the connection's memory until the next call. Nothing blocks except connecting. Any error is a
/// <see cref="FetchException"/> and ends the connection. It uses Fetch version 4, which brokers since 0.11 support
/// (https://kafka.apache.org/protocol#The_Messages_Fetch).
/// <code>
/// request: length 4, key 2 (1), version 2, correlation 4, client string, replica 4 (-1), max wait 4, min bytes 4, max
/// bytes 4, isolation 1, topics 4 (1), topic string, partitions 4, (partition 4, offset 8, max bytes 4)* response:
/// length 4, correlation 4, throttled 4, topics 4 (1), topic string, partitions 4, (partition 4, error 2, high
/// watermark 8, last stable 8, aborted 4, (producer 8, first offset 8)*, length 4, batches)* string: length 2, UTF-8
/// </code></summary>
internal sealed unsafe class BrokerConnection : IDisposable
{
    /// <summary>How long a broker may delay a response while it has no data, ms, and the number of bytes that it
    /// doesn't wait for more with.</summary>
    private const int MaxWaitMs = 100,
        MinBytes = 1;

    /// <summary>Bytes per fetch: some tens of milliseconds of work. More would be out of the caches when its turn
    /// comes; less would mean more requests. A larger batch still comes whole.</summary>
    private const int MaxBytes = 1024 * 1024,
        MaxPartitionBytes = 512 * 1024;

    /// <summary>The maximum accepted length of a response.</summary>
    private const int MaxResponse = 1 << 30;

    private const byte ReadCommitted = 1;
    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(1),
        AnswerWithin = TimeSpan.FromSeconds(30);

    private readonly byte[] _client,
        _topic;
    private readonly TimeProvider _clock;
    private readonly Socket _socket;
    private readonly List<(FetchedPartition Partition, long From)> _requested = [];
    private readonly List<PartitionData> _answered = [];
    private byte[] _request = new byte[256];
    private byte* _response;
    private int _capacity,
        _received,
        _correlation;
    private long _sentAt;

    /// <summary>Connects. Throws if that doesn't succeed in time.</summary>
    public BrokerConnection(int broker, string host, int port, string client, string topic, TimeProvider clock)
    {
        (Broker, _client, _topic, _clock) = (
            broker,
            Encoding.UTF8.GetBytes(client),
            Encoding.UTF8.GetBytes(topic),
            clock
        );
        Name = $"{host}:{port}";
        _socket = Connected(host, port);
        Reserve(MaxBytes + 64 * 1024);
    }

    public int Broker { get; }

    /// <summary><c>host:port</c></summary>
    public string Name { get; }

    public bool IsPending => _requested.Count > 0;

    /// <summary>Whether it has ever received a response.</summary>
    public bool HasAnswered { get; private set; }

    public Socket Socket => _socket;

    /// <summary>The contents of the last response, in the order of the request.</summary>
    public ReadOnlySpan<PartitionData> Answered => CollectionsMarshal.AsSpan(_answered);

    /// <summary>Requests the next records of these partitions. The broker fills its response in this order, so the
    /// order should differ from request to request.</summary>
    public void SendFetch(ReadOnlySpan<FetchedPartition> partitions)
    {
        int maxLength = 64 + _client.Length + _topic.Length + 16 * partitions.Length;
        if (_request.Length < maxLength)
        {
            _request = new byte[maxLength * 2];
        }

        var writer = new WireWriter(_request);
        writer.Int32(0); // placeholder; the length is written below
        writer.Int16(1);
        writer.Int16(4);
        writer.Int32(++_correlation);
        writer.String(_client);
        writer.Int32(-1);
        writer.Int32(MaxWaitMs);
        writer.Int32(MinBytes);
        writer.Int32(MaxBytes);
        writer.Byte(ReadCommitted);
        writer.Int32(1);
        writer.String(_topic);
        writer.Int32(partitions.Length);
        foreach (FetchedPartition partition in partitions)
        {
            writer.Int32(partition.Number);
            writer.Int64(partition.Position);
            writer.Int32(MaxPartitionBytes);
            _requested.Add((partition, partition.Position));
        }
        BinaryPrimitives.WriteInt32BigEndian(_request, writer.Length - 4);
        int sent = _socket.Send(_request.AsSpan(0, writer.Length), SocketFlags.None, out SocketError error);
        if (sent != writer.Length)
        {
            throw new FetchException($"{Name}: sending a request failed ({error})");
        }

        _sentAt = _clock.GetTimestamp();
    }

    /// <summary>Receives what has arrived. Returns true once the response is complete and in
    /// <see cref="Answered"/>.</summary>
    public bool TryReceive()
    {
        while (true)
        {
            int wanted = _received < 4 ? 4 : 4 + Length;
            if (_received == wanted && wanted > 4)
            {
                break;
            }

            int read = _socket.Receive(
                new Span<byte>(_response + _received, _capacity - _received),
                SocketFlags.None,
                out SocketError error
            );
            if (error == SocketError.WouldBlock)
            {
                if (IsPending && _clock.GetElapsedTime(_sentAt) > AnswerWithin)
                {
                    throw new FetchException($"{Name}: no answer within {AnswerWithin.TotalSeconds} s");
                }

                return false;
            }
            if (error != SocketError.Success)
            {
                throw new FetchException($"{Name}: {error}");
            }

            if (read == 0)
            {
                throw new FetchException($"{Name}: the broker has closed the connection");
            }

            _received += read;
            if (_received < 4)
            {
                continue;
            }

            if (Length is < 16 or > MaxResponse || _received > 4 + Length)
            {
                throw new FetchException($"{Name}: a response of {Length} bytes is not a fetch response");
            }

            Reserve(4 + Length);
        }
        Parse();
        (_received, HasAnswered) = (0, true);
        return true;
    }

    private int Length => BinaryPrimitives.ReadInt32BigEndian(new ReadOnlySpan<byte>(_response, 4));

    private void Parse()
    {
        _answered.Clear();
        var reader = new WireReader(_response + 4, _response + _received);
        bool isOurs = reader.Int32() == _correlation;
        reader.Int32();
        for (int topics = reader.Int32(); topics > 0 && !reader.IsBroken; topics--)
        {
            reader.Bytes(reader.Int16());
            for (int partitions = reader.Int32(); partitions > 0 && !reader.IsBroken; partitions--)
            {
                int number = reader.Int32();
                PartitionData data = default;
                data.Error = reader.Int16();
                reader.Int64();
                data.LastStable = reader.Int64();
                data.AbortedCount = Math.Max(0, reader.Int32());
                data.Aborted = reader.Bytes(16L * data.AbortedCount);
                data.RecordsLength = Math.Max(0, reader.Int32());
                data.Records = reader.Bytes(data.RecordsLength);
                foreach ((FetchedPartition partition, long from) in _requested)
                {
                    if (partition.Number != number || reader.IsBroken)
                    {
                        continue;
                    }

                    (data.Partition, data.From) = (partition, from);
                    _answered.Add(data);
                }
            }
        }
        if (!isOurs || reader.IsBroken)
        {
            throw new FetchException($"{Name}: the response is not one of Fetch version 4");
        }

        _requested.Clear();
    }

    private Socket Connected(string host, int port)
    {
        Exception? last = null;
        try
        {
            foreach (IPAddress address in Dns.GetHostAddresses(host))
            {
                try
                {
                    return NonBlocking.Connect(new IPEndPoint(address, port), ConnectWithin);
                }
                catch (SocketException e)
                {
                    last = e;
                }
            }
        }
        catch (SocketException e)
        {
            last = e;
        }
        throw new FetchException($"{Name}: {last?.Message ?? "the host name has no address"}");
    }

    private void Reserve(int bytes)
    {
        if (bytes <= _capacity)
        {
            return;
        }

        _response = (byte*)NativeMemory.Realloc(_response, (nuint)bytes);
        _capacity = bytes;
    }

    public void Dispose()
    {
        _socket.Dispose();
        NativeMemory.Free(_response);
        _response = null;
    }
}

/// <summary>The reason why fetching from a broker fails for now: the broker, and what happened.</summary>
internal sealed class FetchException(string message) : Exception(message);
