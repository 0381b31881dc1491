using Engine.App.Lookup;
using Engine.Partitions.Kafka;
using StackExchange.Redis;

namespace Engine.App.Quality;

/// <summary>Creates a report from the current contents of Kafka and Redis.</summary>
internal static class QualityReading
{
    public static async Task<QualityReport> ReadAsync(
        KafkaTarget kafka,
        IDatabase redis,
        string prefix,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        // Reading a topic blocks.
        LabelBook labels = await Task.Run(() => LabelBook.Read(kafka, clock), cancel).ConfigureAwait(false);
        return QualityReport.Of(
            labels,
            await StoredVerdicts
                .ReadAsync(redis, prefix, labels.Decided().Select(click => click.Click), cancel)
                .ConfigureAwait(false)
        );
    }
}
