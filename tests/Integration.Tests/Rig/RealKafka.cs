using Tests.Support;
using Xunit;

[assembly: Xunit.v3.Parallelization(MaxThreads = 3)]

namespace Integration.Tests.Rig;

/// <summary>The real broker of a collection of tests, started by the first test that needs it. Tests of a collection
/// run one after another, as topic names are fixed; two collections, with a broker each, run at the same
/// time.</summary>
public sealed class RealKafka : IAsyncLifetime
{
    /// <summary>The collection of tests of one engine or two.</summary>
    public const string Tests = "real Kafka";

    /// <summary>The collection of tests that decide the same log several times.</summary>
    public const string AgainTests = "real Kafka, again";

    /// <summary>Where <c>KAFKA_BOOTSTRAP</c> gives one broker for all, the collections take turns.</summary>
    private static readonly SemaphoreSlim Turn = new(1);

    private readonly SemaphoreSlim _starting = new(1);
    private LiveBroker? _broker;

    public async Task<string> BrokersAsync()
    {
        if (!LiveBroker.IsThere)
        {
            Assert.Skip("needs a real Kafka: set KAFKA_BOOTSTRAP or KAFKA_TOOL");
        }

        await _starting.WaitAsync();
        try
        {
            if (_broker == null && LiveBroker.IsGiven)
            {
                await Turn.WaitAsync();
            }

            _broker ??= await LiveBroker.StartAsync();
            return _broker.Brokers;
        }
        finally
        {
            _starting.Release();
        }
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_broker != null)
        {
            await _broker.DisposeAsync();
            if (LiveBroker.IsGiven)
            {
                Turn.Release();
            }
        }

        _starting.Dispose();
    }
}

[CollectionDefinition(RealKafka.Tests)]
public sealed class RealKafkaTests : ICollectionFixture<RealKafka>;

[CollectionDefinition(RealKafka.AgainTests)]
public sealed class RealKafkaAgainTests : ICollectionFixture<RealKafka>;
