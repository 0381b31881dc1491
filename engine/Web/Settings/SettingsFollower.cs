using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Engine.Contracts;
using Engine.Contracts.Settings;
using Engine.Partitions.Kafka;

namespace Engine.Web.Settings;

/// <summary>Follows some kinds of settings in the topic <c>settings</c> on its own thread, for a server that decides
/// nothing. Once it has read the topic to its end, it keeps to what it last knew while Kafka is away.
/// Thread-safe.</summary>
public sealed class SettingsFollower : IDisposable
{
    private static readonly TopicPartition Partition = new(Topics.Settings, 0);
    private static readonly TimeSpan PollFor = TimeSpan.FromMilliseconds(50),
        AnswerWithin = TimeSpan.FromSeconds(1),
        LookAgainAfter = TimeSpan.FromMilliseconds(500);

    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly Dictionary<string, SettingsOfKind> _kinds;
    private readonly TaskCompletionSource _known = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;

    /// <param name="kafka">The brokers, <c>host:port[,…]</c>.</param>
    /// <param name="settings">The settings of librdkafka.</param>
    /// <param name="kinds">The kinds to follow; each has its settings from then on.</param>
    public SettingsFollower(
        string kafka,
        IReadOnlyDictionary<string, string> settings,
        params IEnumerable<SettingsOfKind> kinds
    )
    {
        _kinds = kinds.ToDictionary(kind => kind.Kind.Kind, StringComparer.Ordinal);
        _consumer = KafkaClients.Reader(new KafkaTarget(kafka, settings));
        _thread = new Thread(Run) { Name = "settings", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Completes once the topic was read to its end, or the brokers said that there is none.</summary>
    public Task Known => _known.Task;

    private void Run()
    {
        for (bool assigned = false; !_stop.IsCancellationRequested;)
        {
            try
            {
                if (!assigned && !(assigned = AssignIfThere()))
                {
                    // Nobody has made the topic yet, so there are no settings.
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
                }
                else if (Take(record.Message) is { } changed && _known.Task.IsCompleted)
                {
                    changed.Publish();
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

    /// <summary>Takes a record. Returns the kind that it changes; null if it is of no kind that is followed, or
    /// invalid. The engine sends invalid ones to <c>dead-letters</c>.</summary>
    private SettingsOfKind? Take(Message<byte[], byte[]> message)
    {
        string key = message.Key == null ? "" : Encoding.UTF8.GetString(message.Key);
        int slash = key.IndexOf('/');
        if (slash <= 0 || !_kinds.TryGetValue(key[..slash], out SettingsOfKind? kind))
        {
            return null;
        }

        string id = key[(slash + 1)..];
        if (message.Value is not { Length: > 0 } value)
        {
            kind.Set(id, null);
        }
        else if (Read(kind.Kind, key, id, value) is { } setting)
        {
            kind.Set(id, setting);
        }
        else
        {
            return null;
        }

        return kind;
    }

    private static object? Read(ISettingKind kind, string key, string id, byte[] value)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(value);
            var reader = new SettingReader(key, document.RootElement);
            object setting = kind.Parse(id, reader);
            reader.Done();
            return Identifier.IsOne(id) ? setting : null;
        }
        catch (Exception e) when (e is JsonException or SettingException or InvalidOperationException)
        {
            return null;
        }
    }

    private void Publish()
    {
        foreach (SettingsOfKind kind in _kinds.Values)
        {
            kind.Publish();
        }

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
