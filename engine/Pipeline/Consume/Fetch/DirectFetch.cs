using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Engine.Pipeline.Consume.Fetch;

/// <summary>Fetches a lane's partitions from their leaders on the lane's own thread, into memory that is read in place:
/// no thread, no queue and no object per message between the socket and the pipeline. librdkafka still handles group
/// membership, offsets and all other topics, and partitions that this class can't read (<see cref="TryTakeRefused"/>).
/// <see cref="Add"/> partitions, then call <see cref="TryTake"/>: it returns one broker's response, after requesting
/// the records that follow.</summary>
public sealed class DirectFetch(Func<TopicLeaders> leaders, string client, string topic, TimeProvider clock)
    : IDisposable
{
    /// <summary>The minimum time between look-ups of leaders.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a broker that can't be reached isn't tried again. A connection attempt may take a second,
    /// during which other brokers' partitions wait.</summary>
    private static readonly TimeSpan AwayFor = TimeSpan.FromSeconds(3);

    /// <summary>The number of consecutive connections that end without a response before the broker counts as
    /// incompatible.</summary>
    private const int MaxUnanswered = 3;

    private readonly Dictionary<int, FetchedPartition> _partitions = [];
    private readonly List<BrokerConnection> _connections = [];

    /// <summary>Closed connections, whose memory may be read until the next call.</summary>
    private readonly List<BrokerConnection> _ended = [];
    private readonly Queue<(FetchedPartition Partition, string Why)> _refused = new();
    private readonly List<FetchedPartition> _requested = [];
    private readonly List<Socket> _readable = [];
    private readonly Dictionary<int, long> _awayUntil = [];
    private Dictionary<int, (string Host, int Port)> _brokers = [];
    private long _nextLookup;
    private int _unanswered;
    private uint _turn,
        _nextPolled;

    public int Count => _partitions.Count;

    /// <summary>The last error; null if all is well.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Fetches a partition from an offset on. Replaces an earlier one with the same number.</summary>
    public FetchedPartition Add(int number, long position) =>
        _partitions[number] = new FetchedPartition(number, position);

    public void Remove(FetchedPartition partition)
    {
        if (IsFetched(partition))
        {
            _partitions.Remove(partition.Number);
        }
    }

    /// <summary>Takes a partition that can't be read here, and the reason. It is no longer fetched.</summary>
    public bool TryTakeRefused(out FetchedPartition partition, out string why)
    {
        bool any = _refused.TryDequeue(out (FetchedPartition, string) refused);
        (partition, why) = refused;
        return any;
    }

    /// <summary>Stops fetching a partition and queues it for <see cref="TryTakeRefused"/>.</summary>
    public void Refuse(FetchedPartition partition, string why)
    {
        if (!IsFetched(partition))
        {
            return;
        }

        Remove(partition);
        _refused.Enqueue((partition, why));
    }

    /// <summary>Returns a broker's response, waiting at most <paramref name="waitMs"/> ms. Its contents are in the
    /// connection's memory until the next call.</summary>
    public bool TryTake(int waitMs, out ReadOnlySpan<PartitionData> answered)
    {
        foreach (BrokerConnection ended in _ended)
        {
            ended.Dispose();
        }

        _ended.Clear();
        answered = default;
        if (_partitions.Count == 0)
        {
            return false;
        }

        FindLeaders();
        foreach (int broker in _brokers.Keys)
        {
            Request(broker);
        }

        if (TryReceive(out answered))
        {
            return true;
        }

        if (waitMs == 0)
        {
            return false;
        }

        Wait(waitMs);
        return TryReceive(out answered);
    }

    public bool IsFetched(FetchedPartition partition) => _partitions.GetValueOrDefault(partition.Number) == partition;

    private void FindLeaders()
    {
        bool missing = false;
        foreach (FetchedPartition partition in _partitions.Values)
        {
            missing |= partition.Leader < 0;
        }

        if (!missing || clock.GetTimestamp() < _nextLookup)
        {
            return;
        }

        PauseLookups();
        TopicLeaders found;
        try
        {
            found = leaders();
        }
        catch (Confluent.Kafka.KafkaException e)
        {
            Trouble = e.Error.Reason;
            return;
        }
        _brokers = new Dictionary<int, (string, int)>(found.Brokers);
        foreach (FetchedPartition partition in _partitions.Values)
        {
            if (
                partition.Leader < 0
                && found.OfPartition.TryGetValue(partition.Number, out int leader)
                && _brokers.ContainsKey(leader)
            )
            {
                partition.Leader = leader;
            }
        }
    }

    private void PauseLookups() =>
        _nextLookup = clock.GetTimestamp() + (long)(Pause.TotalSeconds * clock.TimestampFrequency);

    /// <summary>Requests the next records of all partitions that a broker leads, unless a request is pending. Each
    /// time, another partition comes first.</summary>
    private void Request(int broker)
    {
        BrokerConnection? connection = ConnectionTo(broker);
        if (connection is { IsPending: true } || clock.GetTimestamp() < _awayUntil.GetValueOrDefault(broker))
        {
            return;
        }

        _requested.Clear();
        foreach (FetchedPartition partition in _partitions.Values)
        {
            if (partition.Leader == broker)
            {
                _requested.Add(partition);
            }
        }

        if (_requested.Count == 0)
        {
            return;
        }

        Span<FetchedPartition> requested = CollectionsMarshal.AsSpan(_requested);
        requested.Sort(static (a, b) => a.Number.CompareTo(b.Number));
        int first = (int)(_turn++ % requested.Length);
        requested[..first].Reverse();
        requested[first..].Reverse();
        requested.Reverse();
        try
        {
            if (connection == null)
            {
                (string host, int port) = _brokers[broker];
                _connections.Add(connection = new BrokerConnection(broker, host, port, client, topic, clock));
            }
            connection.SendFetch(requested);
        }
        catch (FetchException e)
        {
            Failed(broker, e);
        }
    }

    private BrokerConnection? ConnectionTo(int broker)
    {
        foreach (BrokerConnection connection in _connections)
        {
            if (connection.Broker == broker)
            {
                return connection;
            }
        }

        return null;
    }

    /// <summary>Receives the first complete response, polling the brokers in turn.</summary>
    private bool TryReceive(out ReadOnlySpan<PartitionData> answered)
    {
        answered = default;
        for (int i = 0; i < _connections.Count; i++)
        {
            BrokerConnection connection = _connections[(int)(_nextPolled++ % (uint)_connections.Count)];
            try
            {
                if (!connection.IsPending || !connection.TryReceive())
                {
                    continue;
                }
            }
            catch (FetchException e)
            {
                Failed(connection.Broker, e);
                return false;
            }
            (_unanswered, Trouble) = (0, null);
            answered = connection.Answered;
            Proceed(answered);
            // The next records are on their way while these are decided.
            Request(connection.Broker);
            return true;
        }
        return false;
    }

    /// <summary>Advances positions past what was received, and handles partitions with errors.</summary>
    private void Proceed(ReadOnlySpan<PartitionData> answered)
    {
        foreach (ref readonly PartitionData data in answered)
        {
            FetchedPartition partition = data.Partition;
            if (!IsFetched(partition))
            {
                continue;
            }

            switch (data.Error)
            {
                case 0:
                    partition.LastStable = data.LastStable;
                    partition.Position = Math.Max(partition.Position, data.NextOffset);
                    break;
                case UnknownTopicOrPartition
                or LeaderNotAvailable
                or NotLeader
                or ReplicaNotAvailable
                or StorageError
                or FencedEpoch
                or UnknownEpoch:
                    partition.Leader = -1;
                    break;
                case OffsetOutOfRange:
                    // The lane takes the partition over again.
                    break;
                default:
                    Refuse(partition, $"Kafka error {data.Error} at offset {data.From}");
                    break;
            }
        }
    }

    /// <summary>The error of an offset that the log doesn't have.</summary>
    public const short OffsetOutOfRange = 1;

    private const short UnknownTopicOrPartition = 3,
        LeaderNotAvailable = 5,
        NotLeader = 6,
        ReplicaNotAvailable = 9,
        StorageError = 56,
        FencedEpoch = 74,
        UnknownEpoch = 76;

    /// <summary>Closes a connection, so that its partitions' leaders are looked up again. If brokers never respond,
    /// their partitions are refused.</summary>
    private void Failed(int broker, FetchException e)
    {
        Trouble = e.Message;
        if (ConnectionTo(broker) is { } connection)
        {
            if (!connection.HasAnswered)
            {
                _unanswered++;
            }

            _connections.Remove(connection);
            _ended.Add(connection);
        }
        else
        {
            _awayUntil[broker] = clock.GetTimestamp() + (long)(AwayFor.TotalSeconds * clock.TimestampFrequency);
        }

        PauseLookups();
        foreach (FetchedPartition partition in _partitions.Values.ToArray())
        {
            if (partition.Leader != broker)
            {
                continue;
            }

            partition.Leader = -1;
            if (_unanswered >= MaxUnanswered)
            {
                Refuse(partition, e.Message);
            }
        }
    }

    private void Wait(int milliseconds)
    {
        _readable.Clear();
        foreach (BrokerConnection connection in _connections)
        {
            if (connection.IsPending)
            {
                _readable.Add(connection.Socket);
            }
        }

        switch (_readable.Count)
        {
            case 0:
                using (var pause = new ManualResetEventSlim())
                {
                    pause.Wait(milliseconds);
                }

                break;
            case 1:
                _readable[0].Poll(milliseconds * 1000, SelectMode.SelectRead);
                break;
            default:
                Socket.Select(_readable, null, null, milliseconds * 1000);
                break;
        }
    }

    public void Dispose()
    {
        foreach (BrokerConnection connection in _connections.Concat(_ended))
        {
            connection.Dispose();
        }

        _connections.Clear();
        _ended.Clear();
    }
}
