using Tests.Support;
using Xunit;

[assembly: AssemblyFixture(typeof(Integration.Tests.Rig.RealKafka))]
[assembly: Xunit.v3.Parallelization(MaxThreads = 3)]

namespace Integration.Tests.Rig;

/// <summary>The single real broker of a test run, started by the first test that needs it. Its tests run one after
/// another, as topic names are fixed.</summary>
public sealed class RealKafka : IAsyncLifetime
{
    /// <summary>The collection of all tests on the real broker.</summary>
    public const string Tests = "real Kafka";

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
        }

        _starting.Dispose();
    }
}

[CollectionDefinition(RealKafka.Tests)]
public sealed class RealKafkaTests;
