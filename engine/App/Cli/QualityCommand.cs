using Engine.App.Quality;
using Engine.CommandLine;
using Engine.Configuration.Connections;
using Engine.Partitions.Kafka;
using StackExchange.Redis;

namespace Engine.App.Cli;

/// <summary>The options of <c>engine quality</c>.</summary>
internal sealed record QualityRequest(string? Kafka, string? Redis, string? Config, string? Prefix, bool Json);

/// <summary><c>engine quality</c>: compares verdicts with later labels.</summary>
internal static class QualityCommand
{
    public static async Task<int> RunAsync(QualityRequest request, CommandContext context, CancellationToken cancel)
    {
        (KafkaTarget kafka, RedisServers redis, string prefix) = Addresses.Find(
            request.Kafka,
            request.Redis,
            request.Config,
            request.Prefix
        );
        using ConnectionMultiplexer connection = await redis.ConnectAsync().ConfigureAwait(false);
        await kafka.CheckAsync(cancel).ConfigureAwait(false);
        QualityReport report = await QualityReading
            .ReadAsync(kafka, connection.GetDatabase(), prefix, context.Time, cancel)
            .ConfigureAwait(false);
        context.Out.WriteLine(request.Json ? QualityText.Json(report) : QualityText.Table(report));
        return ExitCodes.Done;
    }
}
