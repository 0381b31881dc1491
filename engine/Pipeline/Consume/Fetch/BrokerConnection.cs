using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Engine.Primitives;

namespace Engine.Pipeline.Consume.Fetch;

/// <summary>
/// A connection to one broker with one fetch under way at most, for one lane's thread. <see cref="SendFetch"/> sends a
/// request where none is under way;
/// <see cref="TryReceive"/> says when its response is there whole, which then lies in memory of the connection until
/// the next call of it. Nothing waits but connecting. Whatever goes wrong is a <see cref="FetchException"/>, and ends
/// the connection. Fetch, version 4: what brokers from 0.11 on know
/// (https://kafka.apache.org/protocol#The_Messages_Fetch).
/// <code>
/// request: length 4, key 2 (1), version 2, correlation 4, client string, replica 4 (-1), max wait 4, min bytes 4, max
/// bytes 4, isolation 1, topics 4 (1), topic string, partitions 4, (partition 4, offset 8, max bytes 4)* response:
/// length 4, correlation 4, throttled 4, topics 4 (1), topic string, partitions 4, (partition 4, error 2, high
/// watermark 8, last stable 8, aborted 4, (producer 8, first offset 8)*, length 4, batches)* string: length 2, UTF-8
/// </code>
/// </summary>
internal sealed unsafe class BrokerConnection : IDisposable
{
    /// <summary>
    /// How long a broker may hold back an answer while there is nothing, ms; and from how many bytes on it answers at
    /// once.
    /// </summary>
    private const int MaxWaitMs = 100,
        MinBytes = 1;

    /// <summary>
    /// Some tens of milliseconds' work: more would be cold when its turn comes, less are more requests. A larger batch
    /// comes whole.
    /// </summary>
    private const int MaxBytes = 1024 * 1024,
        MaxPartitionBytes = 512 * 1024;

    /// <summary>The most that is believed of a response.</summary>
    private const int MaxResponse = 1 << 30;

    private const byte ReadCommitted = 1;
    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(1),
        AnswerWithin = TimeSpan.FromSeconds(30);

    private readonly byte[] _client,
        _topic;
    private readonly TimeProvider _clock;
    private readonly Socket _socket;
    private readonly List<(FetchedPartition Partition, long From)> _asked = [];
    private readonly List<PartitionData> _answered = [];
    private byte[] _request = new byte[256];
    private byte* _response;
    private int _capacity,
        _received,
        _correlation;
    private long _askedAt;

    /// <summary>Connects; throws where that doesn't succeed in time.</summary>
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

    public bool IsAsked => _asked.Count > 0;

    /// <summary>Whether it has ever answered.</summary>
    public bool HasAnswered { get; private set; }

    public Socket Socket => _socket;

    /// <summary>What the last response holds, in the order of the request.</summary>
    public ReadOnlySpan<PartitionData> Answered => CollectionsMarshal.AsSpan(_answered);

    /// <summary>
    /// Requests these partitions' next records. The broker fills its answer in this order, so it should differ from
    /// request to request.
    /// </summary>
    public void SendFetch(ReadOnlySpan<FetchedPartition> partitions)
    {
        int most = 64 + _client.Length + _topic.Length + 16 * partitions.Length;
        if (_request.Length < most)
        {
            _request = new byte[most * 2];
        }

        var writer = new WireWriter(_request);
        writer.Int32(0); // its length: below
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
            _asked.Add((partition, partition.Position));
        }
        BinaryPrimitives.WriteInt32BigEndian(_request, writer.Length - 4);
        int sent = _socket.Send(_request.AsSpan(0, writer.Length), SocketFlags.None, out SocketError error);
        if (sent != writer.Length)
        {
            throw new FetchException($"{Name}: a request wasn't taken ({error})");
        }

        _askedAt = _clock.GetTimestamp();
    }

    /// <summary>Takes what came; true where the response is whole, and <see cref="Answered"/> has it.</summary>
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
                if (IsAsked && _clock.GetElapsedTime(_askedAt) > AnswerWithin)
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
                throw new FetchException($"{Name}: an answer of {Length} bytes isn't one to a fetch");
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
                foreach ((FetchedPartition partition, long from) in _asked)
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
            throw new FetchException($"{Name}: an answer that isn't one to a fetch of version 4");
        }

        _asked.Clear();
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
        throw new FetchException($"{Name}: {last?.Message ?? "its name has no address"}");
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

/// <summary>Why a broker can't be fetched from for now: where, and what happened.</summary>
internal sealed class FetchException(string message) : Exception(message);
