using System.Text;
using Confluent.Kafka;
using Engine.Contracts;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests;

/// <summary>Transactions, which only a real broker has.</summary>
[Collection(RealKafka.Tests)]
public sealed class RealKafkaTransactionTests(RealKafka kafka)
{
    [Fact]
    public async Task Partitions_that_end_in_a_transaction_marker_are_read_to_their_end()
    {
        await using Lab lab = await Lab.RealAsync(kafka, Redises.Any);
        await lab.RunUntilIdleAsync(lab.Redis);
        using IProducer<byte[], byte[]> producer = new ProducerBuilder<byte[], byte[]>(
            new ProducerConfig { BootstrapServers = lab.Brokers, TransactionalId = "transactions" }
        ).Build();
        producer.InitTransactions(TimeSpan.FromSeconds(30));
        producer.BeginTransaction();
        long now = LiveEvents.Now;
        void Send(string topic, int partition, string key, string json) =>
            producer.Produce(
                new TopicPartition(topic, partition),
                new Message<byte[], byte[]>
                {
                    Key = Encoding.UTF8.GetBytes(key),
                    Value = Encoding.UTF8.GetBytes(json),
                    Timestamp = new Timestamp(now, TimestampType.CreateTime),
                }
            );
        Send(Topics.Settings, 0, "limits/time", """{"out_of_range_ms":300000}""");
        LiveRecord click = LiveEvents.Expecting("waits", now);
        Send(Topics.Interactions, 0, "203.0.113.0/24", Encoding.UTF8.GetString(click.Value!));
        Send(
            Topics.Processes,
            0,
            "rr-1",
            $$"""{"type":"process-finished","id":"p-1","time":{{now}},"process":"refund-review","instance":"rr-1"}"""
        );
        producer.CommitTransaction(TimeSpan.FromSeconds(30));

        // The click's path never comes, so a tick past the end must decide it.
        await lab.RunUntilIdleAsync(lab.Redis);
        Assert.Equal(["verdict:waits"], lab.Redis.Keys("verdict:"));
    }
}
