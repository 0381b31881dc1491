using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Engine.Contracts;
using Engine.Contracts.Access;
using Engine.Contracts.Settings;
using Engine.Partitions.Kafka;

namespace Engine.Web.Accounts;

/// <summary>Follows the users in the topic <c>settings</c> on its own thread, for a server that needs no other
/// settings. Once it has read the topic to its end, it keeps to what it last knew while Kafka is away.
/// Thread-safe.</summary>
public sealed class UsersFollower : IAccounts, IDisposable
{
    private static readonly TopicPartition Partition = new(Topics.Settings, 0);
    private static readonly TimeSpan PollFor = TimeSpan.FromMilliseconds(50),
        AnswerWithin = TimeSpan.FromSeconds(1),
        LookAgainAfter = TimeSpan.FromMilliseconds(500);

    private static readonly UserKind Kind = new();

    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly IReadOnlyList<Account> _own;
    private readonly Dictionary<string, UserSetting> _users = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _known = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private volatile AccountList _current;
    private bool _usersWereThere;

    /// <param name="kafka">The brokers, <c>host:port[,…]</c>.</param>
    /// <param name="settings">The settings of librdkafka.</param>
    /// <param name="own">Accounts that the server has besides the users.</param>
    public UsersFollower(
        string kafka,
        IReadOnlyDictionary<string, string> settings,
        IReadOnlyList<Account> own
    )
    {
        _own = own;
        _current = new AccountList(own, hasUsers: false, usersWereThere: false) { AreUsersKnown = false };
        _consumer = KafkaClients.Reader(new KafkaTarget(kafka, settings));
        _thread = new Thread(Run) { Name = "users", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Completes once the topic was read to its end, or the brokers said that there is none.</summary>
    public Task Known => _known.Task;

    public AccountList Current => _current;

    private void Run()
    {
        for (bool assigned = false; !_stop.IsCancellationRequested;)
        {
            try
            {
                if (!assigned && !(assigned = AssignIfThere()))
                {
                    // Nobody has made the topic yet, so there are no users.
                    Publish();
                    _stop.Token.WaitHandle.WaitOne(LookAgainAfter);
                    continue;
                }

                if (_consumer.Consume(PollFor) is not { } record)
                {
                    continue;
                }

                if (record.IsPartitionEOF)
                {
                    Publish();
                    continue;
                }

                if (Take(record.Message) && _known.Task.IsCompleted)
                {
                    Publish();
                }
            }
            catch (KafkaException e) when (!e.Error.IsFatal)
            {
                _stop.Token.WaitHandle.WaitOne(LookAgainAfter);
            }
        }
    }

    /// <summary>Begins to read the topic, if it is there. The client would wait long for one that isn't.</summary>
    private bool AssignIfThere()
    {
        using IAdminClient admin = new DependentAdminClientBuilder(_consumer.Handle).Build();
        // All topics: asking for one may make it.
        if (
            !admin
                .GetMetadata(AnswerWithin)
                .Topics.Any(topic => topic is { Topic: Topics.Settings, Partitions.Count: > 0 })
        )
        {
            return false;
        }

        _consumer.Assign(new TopicPartitionOffset(Partition, Offset.Beginning));
        return true;
    }

    /// <summary>Takes a record. Returns false if it is none of a user, or changes nothing because it is invalid; the
    /// engine sends those to <c>dead-letters</c>.</summary>
    private bool Take(Message<byte[], byte[]> message)
    {
        string key = message.Key == null ? "" : Encoding.UTF8.GetString(message.Key);
        if (!key.StartsWith(UserSetting.KeyOf(""), StringComparison.Ordinal))
        {
            return false;
        }

        string name = key[UserSetting.KeyOf("").Length..];
        if (message.Value is not { Length: > 0 } value)
        {
            _users.Remove(name);
        }
        else if (Read(key, name, value) is { } user)
        {
            _users[name] = user;
        }
        else
        {
            return false;
        }

        // Compaction may leave only the record that deletes.
        return _usersWereThere = true;
    }

    private static UserSetting? Read(string key, string name, byte[] value)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(value);
            var reader = new SettingReader(key, document.RootElement);
            var user = (UserSetting)Kind.Parse(name, reader);
            reader.Done();
            return Identifier.IsOne(name) ? user : null;
        }
        catch (Exception e) when (e is JsonException or SettingException or InvalidOperationException)
        {
            return null;
        }
    }

    private void Publish()
    {
        _current = new AccountList(
            [.. _own, .. _users.Values.SelectMany(user => user.Accounts)],
            _users.Count > 0,
            _usersWereThere
        );
        _known.TrySetResult();
    }

    public void Dispose()
    {
        _stop.Cancel();
        _thread.Join();
        _consumer.Dispose();
        _stop.Dispose();
    }
}
