using System.Text;
using System.Text.Json.Nodes;
using Confluent.Kafka;
using Engine.App.Configuration;
using Engine.Client.Provisioning;
using Engine.CommandLine;
using Engine.Contracts;
using Engine.Contracts.Access;
using Engine.Contracts.Settings;
using Engine.Partitions.Kafka;
using Engine.Pipeline.Consume.Followers;
using Engine.Pipeline.Settings;

namespace Engine.App.Hosting;

/// <summary>The users in the topic <c>settings</c>, for commands that list and change them. Works without an engine,
/// and before the first one.</summary>
internal sealed class UserRecords(KafkaTarget kafka, EngineConfig config)
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);

    /// <summary>Reads the users, by name. Records that don't load count as little as for an engine.</summary>
    /// <exception cref="CommandException">Kafka doesn't answer.</exception>
    public async Task<SortedDictionary<string, UserSetting>> ReadAsync(CancellationToken cancel)
    {
        var users = new SortedDictionary<string, UserSetting>(StringComparer.Ordinal);
        // The client's calls block.
        await AnsweredAsync(() => Task.Run(() => ReadInto(users), cancel)).ConfigureAwait(false);
        return users;
    }

    /// <summary>Writes a user, and completes when Kafka acknowledges it. Makes the topic if it is missing.</summary>
    /// <param name="sponsor">The sponsor for whom the user acts if the role is <see cref="Role.Sponsor"/>.</param>
    /// <exception cref="CommandException">Kafka doesn't take it.</exception>
    public async Task WriteAsync(string name, byte[] tokenHash, Role role, string? sponsor, CancellationToken cancel)
    {
        await AnsweredAsync(async () =>
                await new TopicProvisioner(kafka.Brokers, kafka.Settings)
                    .EnsureAsync([Topics.Settings], EngineTopics.Timestamps(config), asks: false, cancel: cancel)
                    .ConfigureAwait(false)
            )
            .ConfigureAwait(false);
        var record = new JsonObject { ["token"] = Convert.ToHexStringLower(tokenHash) };
        record[sponsor == null ? "role" : "sponsor"] = sponsor ?? role.Word();
        await SendAsync(name, record.ToJsonString(), cancel).ConfigureAwait(false);
    }

    /// <summary>Deletes a user, and completes when Kafka acknowledges it.</summary>
    /// <exception cref="CommandException">Kafka doesn't take it.</exception>
    public Task DeleteAsync(string name, CancellationToken cancel) => SendAsync(name, null, cancel);

    private void ReadInto(SortedDictionary<string, UserSetting> users)
    {
        if (!IsTopicThere())
        {
            return;
        }

        foreach (SettingRecord record in SettingsReader.ReadFrom(kafka, 0))
        {
            if (!record.Key.StartsWith(UserSetting.KeyOf(""), StringComparison.Ordinal))
            {
                continue;
            }

            string name = record.Key[UserSetting.KeyOf("").Length..];
            if (record.Json == null)
            {
                users.Remove(name);
            }
            else if (Parse(record) is { } user)
            {
                users[name] = user;
            }
        }
    }

    private static UserSetting? Parse(SettingRecord record)
    {
        try
        {
            object setting = SettingParser.Parse(record.Key, record.Json!, new SettingFiles(), [new UserKind()]);
            return (UserSetting)((WorkflowSetting)setting).Value;
        }
        catch (SettingException)
        {
            return null;
        }
    }

    private bool IsTopicThere()
    {
        using IAdminClient admin = new AdminClientBuilder(kafka.Apply(new AdminClientConfig()))
            .SetLogHandler((_, _) => { })
            .SetErrorHandler((_, _) => { })
            .Build();
        // All topics: asking for one may make it.
        return admin.GetMetadata(AnswerWithin).Topics.Any(topic => topic.Topic == Topics.Settings);
    }

    private Task SendAsync(string name, string? json, CancellationToken cancel) =>
        AnsweredAsync(async () =>
        {
            using IProducer<byte[], byte[]?> producer = new ProducerBuilder<byte[], byte[]?>(
                kafka.Apply(
                    new ProducerConfig
                    {
                        Acks = Acks.All,
                        EnableIdempotence = true,
                        MessageTimeoutMs = (int)AnswerWithin.TotalMilliseconds,
                        ClientId = "engine-user",
                    }
                )
            ).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
            await producer
                .ProduceAsync(
                    new TopicPartition(Topics.Settings, 0),
                    new Message<byte[], byte[]?>
                    {
                        Key = Encoding.UTF8.GetBytes(UserSetting.KeyOf(name)),
                        Value = json == null ? null : Encoding.UTF8.GetBytes(json),
                    },
                    cancel
                )
                .ConfigureAwait(false);
        });

    private async Task AnsweredAsync(Func<Task> action)
    {
        try
        {
            await action().ConfigureAwait(false);
        }
        catch (Exception e) when (e is KafkaException or TimeoutException)
        {
            throw NoAnswer(e);
        }
    }

    private CommandException NoAnswer(Exception why) =>
        new($"no Kafka at {kafka.Brokers} ({why.Message}): start one, or give another with --kafka H:P.");
}
