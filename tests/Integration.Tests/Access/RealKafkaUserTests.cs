using System.Net;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Engine.CommandLine;
using Engine.Contracts;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests.Access;

/// <summary>Users on Apache Kafka.</summary>
[Collection(RealKafka.Tests)]
public sealed class RealKafkaUserTests(RealKafka kafka)
{
    [Fact]
    public async Task On_a_real_broker_the_first_user_makes_the_topic_as_an_engine_would()
    {
        await using Lab lab = await Lab.RealAsync(kafka, Redises.Any);
        CommandRun added = await Programs.EngineAsync([
            "user",
            "add",
            "ada",
            "--role",
            "analyst",
            "--kafka",
            lab.Brokers,
            "--config",
            lab.Config,
        ]);
        Assert.True(added.ExitCode == ExitCodes.Done, added.ToString());
        using IAdminClient admin = new AdminClientBuilder(
            new AdminClientConfig { BootstrapServers = lab.Brokers }
        ).Build();
        Assert.Single(admin.GetMetadata(Topics.Settings, TimeSpan.FromSeconds(10)).Topics.Single().Partitions);
        Dictionary<string, ConfigEntryResult> configs = (
            await admin.DescribeConfigsAsync([new() { Type = ResourceType.Topic, Name = Topics.Settings }])
        )[0].Entries;
        Assert.Equal("compact", configs["cleanup.policy"].Value);
        Assert.Equal("604800000", configs["min.compaction.lag.ms"].Value);
        Assert.Equal("3155760000000", configs["delete.retention.ms"].Value);

        await using LiveProcess ingest = Programs.Start(
            "ingest",
            null,
            "http",
            "--kafka",
            lab.Brokers,
            "--listen",
            "0.0.0.0:0"
        );
        await ingest.SaysAsync("takes events");
        string http = "127.0.0.1:" + ingest.Out.Split("/v1/events")[0].Split(':')[^1];
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(http, null));
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(http, added.Out.Trim()));
    }

    private static async Task<HttpStatusCode> PostAsync(string http, string? token)
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = token == null ? null : new("Bearer", token);
        using HttpResponseMessage answer = await client.PostAsync(
            $"http://{http}/v1/events",
            new StringContent(LiveEvents.ClickJson("c-1", LiveEvents.Now, "203.0.113.9"))
        );
        return answer.StatusCode;
    }
}
