using Engine.App.Configuration;
using Engine.Pipeline.Consume.Lanes;
using Engine.Pipeline.Deliver;

namespace Engine.App.Hosting;

/// <summary>Converts engine.yaml and the command line to the options of lanes.</summary>
internal static class EngineOptions
{
    public static ConsumeOptions Consume(EngineConfig config, EngineAddress address) =>
        new()
        {
            Kafka = address.Kafka,
            Group = address.Group,
            BatchMessages = config.Consume.BatchMessages,
            BatchWaitMs = config.Consume.BatchWaitMs,
            DirectFetch = config.Consume.DirectFetch,
            SessionTimeout = TimeSpan.FromMilliseconds(config.Consume.SessionTimeoutMs),
            ProgressInterval = TimeSpan.FromMilliseconds(config.Consume.ProgressMs),
            MaxBytesUnderWay = config.Deliver.MaxBytesUnderWay,
        };

    public static DeliverOptions Deliver(EngineConfig config) =>
        new()
        {
            VerdictTtl = TimeSpan.FromSeconds(config.Deliver.VerdictTtlS),
            TotalsTtl = TimeSpan.FromSeconds(config.Deliver.TotalsTtlS),
            NetworkTtl = TimeSpan.FromSeconds(config.Deliver.NetworkTtlS),
            CompleteVerdicts = config.Deliver.CompleteVerdicts,
            VerdictsTopic = config.Deliver.VerdictsTopic,
            VerdictsChannel = config.Deliver.VerdictsChannel,
        };
}
