using Engine.App.Configuration;
using Engine.Pipeline.Consume.Lanes;
using Engine.Pipeline.Deliver;

namespace Engine.App.Hosting;

/// <summary>Converts engine.yaml and the command line to the options of lanes.</summary>
internal static class EngineOptions
{
    /// <summary>Where plain verdicts aren't written, look-ups wait for progress: for so long, and for Redis.</summary>
    private const int NoteworthyProgressMs = 200;

    public static ConsumeOptions Consume(EngineConfig config, EngineAddress address) =>
        new()
        {
            Kafka = address.Kafka,
            Group = address.Group,
            BatchMessages = config.Consume.BatchMessages,
            BatchWaitMs = config.Consume.BatchWaitMs,
            DirectFetch = config.Consume.DirectFetch,
            SessionTimeout = TimeSpan.FromMilliseconds(config.Consume.SessionTimeoutMs),
            ProgressInterval = TimeSpan.FromMilliseconds(
                config.Deliver.OnlyNoteworthy
                    ? Math.Min(config.Consume.ProgressMs, NoteworthyProgressMs)
                    : config.Consume.ProgressMs
            ),
            MaxBytesUnderWay = config.Deliver.MaxBytesUnderWay,
        };

    public static DeliverOptions Deliver(EngineConfig config) =>
        new()
        {
            VerdictTtl = TimeSpan.FromSeconds(config.Deliver.VerdictTtlS),
            TotalsTtl = TimeSpan.FromSeconds(config.Deliver.TotalsTtlS),
            NetworkTtl = TimeSpan.FromSeconds(config.Deliver.NetworkTtlS),
            OnlyNoteworthy = config.Deliver.OnlyNoteworthy,
            CompleteVerdicts = config.Deliver.CompleteVerdicts,
            VerdictsTopic = config.Deliver.VerdictsTopic,
            VerdictsChannel = config.Deliver.VerdictsChannel,
        };
}
