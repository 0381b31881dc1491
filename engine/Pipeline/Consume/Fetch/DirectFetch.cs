using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Engine.Pipeline.Consume.Fetch;

/// <summary>
/// Fetches a lane's partitions from their leaders on the lane's own thread, into memory that is read where it came: no
/// thread, no queue and no object a message between the socket and the pipeline. Membership of the group, offsets and
/// all other topics stay librdkafka's, and so does what isn't understood here: <see cref="TryTakeRefused"/>.
/// <see cref="Add"/> partitions; <see cref="TryTake"/> gives what one broker answered, and has asked for what comes
/// behind it already.
/// </summary>
public sealed class DirectFetch(Func<TopicLeaders> leaders, string client, string topic, TimeProvider clock)
    : IDisposable
{
    /// <summary>How long leaders aren't asked for again after something went wrong.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// How long a broker that took no connection isn't tried again: trying may take a second, for which other brokers'
    /// partitions wait.
    /// </summary>
    private static readonly TimeSpan AwayFor = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Connections that ended without an answer, one after another, before it is said that this broker isn't
    /// understood.
    /// </summary>
    private const int MaxUnanswered = 3;

    private readonly Dictionary<int, FetchedPartition> _partitions = [];
    private readonly List<BrokerConnection> _connections = [];

    /// <summary>Connections that have ended, whose memory may still be read until the next call.</summary>
    private readonly List<BrokerConnection> _ended = [];
    private readonly Queue<(FetchedPartition Partition, string Why)> _refused = new();
    private readonly List<FetchedPartition> _asking = [];
    private readonly List<Socket> _readable = [];
    private readonly Dictionary<int, long> _awayUntil = [];
    private Dictionary<int, (string Host, int Port)> _brokers = [];
    private long _askLeadersAt;
    private int _unanswered;
    private uint _turn,
        _look;

    public int Count => _partitions.Count;

    /// <summary>What went wrong last; null while all is well.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Fetches a partition from an offset on; one of the same number isn't fetched any more.</summary>
    public FetchedPartition Add(int number, long position) =>
        _partitions[number] = new FetchedPartition(number, position);

    public void Remove(FetchedPartition partition)
    {
        if (IsFetched(partition))
        {
            _partitions.Remove(partition.Number);
        }
    }

    /// <summary>A partition whose log isn't understood here, and why; it isn't fetched any more.</summary>
    public bool TryTakeRefused(out FetchedPartition partition, out string why)
    {
        bool any = _refused.TryDequeue(out (FetchedPartition, string) refused);
        (partition, why) = refused;
        return any;
    }

    /// <summary>Gives a partition up, as <see cref="TryTakeRefused"/> will say.</summary>
    public void Refuse(FetchedPartition partition, string why)
    {
        if (!IsFetched(partition))
        {
            return;
        }

        Remove(partition);
        _refused.Enqueue((partition, why));
    }

    /// <summary>
    /// Waits at most so long for a broker's answer. What it gives lies in the connection's memory until the next call.
    /// </summary>
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
            AskOf(broker);
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

        if (!missing || clock.GetTimestamp() < _askLeadersAt)
        {
            return;
        }

        PauseLeaders();
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

    private void PauseLeaders() =>
        _askLeadersAt = clock.GetTimestamp() + (long)(Pause.TotalSeconds * clock.TimestampFrequency);

    /// <summary>
    /// Asks a broker for the next records of all partitions that it leads, unless it owes an answer; each time another
    /// partition comes first.
    /// </summary>
    private void AskOf(int broker)
    {
        BrokerConnection? connection = ConnectionTo(broker);
        if (connection is { IsAsked: true } || clock.GetTimestamp() < _awayUntil.GetValueOrDefault(broker))
        {
            return;
        }

        _asking.Clear();
        foreach (FetchedPartition partition in _partitions.Values)
        {
            if (partition.Leader == broker)
            {
                _asking.Add(partition);
            }
        }

        if (_asking.Count == 0)
        {
            return;
        }

        Span<FetchedPartition> asking = CollectionsMarshal.AsSpan(_asking);
        asking.Sort(static (a, b) => a.Number.CompareTo(b.Number));
        int first = (int)(_turn++ % asking.Length);
        asking[..first].Reverse();
        asking[first..].Reverse();
        asking.Reverse();
        try
        {
            if (connection == null)
            {
                (string host, int port) = _brokers[broker];
                _connections.Add(connection = new BrokerConnection(broker, host, port, client, topic, clock));
            }
            connection.SendFetch(asking);
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

    /// <summary>Takes the first whole answer; the brokers are looked at in turn.</summary>
    private bool TryReceive(out ReadOnlySpan<PartitionData> answered)
    {
        answered = default;
        for (int i = 0; i < _connections.Count; i++)
        {
            BrokerConnection connection = _connections[(int)(_look++ % (uint)_connections.Count)];
            try
            {
                if (!connection.IsAsked || !connection.TryReceive())
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
            // What comes behind is on its way while this is decided.
            AskOf(connection.Broker);
            return true;
        }
        return false;
    }

    /// <summary>Moves positions behind what came, and sees to what brokers refuse.</summary>
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
                    partition.Position = Math.Max(partition.Position, data.Behind);
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
                default:
                    Refuse(partition, $"Kafka's error {data.Error} at offset {data.From}");
                    break;
            }
        }
    }

    private const short UnknownTopicOrPartition = 3,
        LeaderNotAvailable = 5,
        NotLeader = 6,
        ReplicaNotAvailable = 9,
        StorageError = 56,
        FencedEpoch = 74,
        UnknownEpoch = 76;

    /// <summary>
    /// Ends a connection; its partitions' leaders are asked for anew, or where it never answers they are refused.
    /// </summary>
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

        PauseLeaders();
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
            if (connection.IsAsked)
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
