using Engine.Client;

namespace Examples.Client;

internal static class Publishing
{
    /// <summary>Publishes one event, and says where it lies.</summary>
    /// <param name="kafka">The brokers, as <c>kafka:9092</c>.</param>
    /// <param name="json">The event, encoded in JSON.</param>
    internal static async Task RunAsync(string kafka, ReadOnlyMemory<byte> json)
    {
        await using var publisher = new EventPublisher(new PublisherOptions { Kafka = kafka }); // "kafka:9092"
        try
        {
            Acknowledged at = await publisher.PublishAsync(json); // ReadOnlyMemory<byte>, one event
            Console.WriteLine($"{at.Topic}, partition {at.Partition}, offset {at.Offset}");
        }
        catch (EventRefusedException e)
        {
            Console.Error.WriteLine(e.Message); // names the event and the field
        }
        catch (NotAcknowledgedException e) when (e.BrokerAway)
        {
            Console.Error.WriteLine(e.Message); // the same event may be taken later
        }
    }
}
