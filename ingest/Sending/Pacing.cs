using Engine.CommandLine;
using Engine.Contracts;
using StackExchange.Redis;

namespace Ingest.Sending;

/// <summary>Chooses the pace for a broker: that of the engine that hosts it, if the broker is the one in
/// <c>run.json</c> and its Redis is reachable; otherwise none.</summary>
internal sealed class Pacing : IAsyncDisposable
{
    private readonly ConnectionMultiplexer? _redis;

    private Pacing(ConnectionMultiplexer? redis, IPace? pace) => (_redis, Pace) = (redis, pace);

    internal IPace? Pace { get; }

    internal static async Task<Pacing> ForAsync(RunningEngine? engine, string kafka, CommandContext context)
    {
        if (engine?.Redis is null || engine.Kafka != kafka)
        {
            return new Pacing(null, null);
        }

        try
        {
            ConnectionMultiplexer redis = await ConnectionMultiplexer
                .ConnectAsync($"{engine.Redis},abortConnect=true,connectTimeout=3000")
                .ConfigureAwait(false);
            string? group = engine.Group
                ?? await redis
                    .GetDatabase()
                    .StringGetAsync(new RedisKeys(engine.Prefix, "").GroupKey)
                    .ConfigureAwait(false);
            if (group is not null)
            {
                return new Pacing(
                    redis,
                    new ConsumerPace(
                        redis,
                        group,
                        engine.Prefix,
                        Topics.Interactions,
                        context.Time,
                        context.Error.WriteLine
                    )
                );
            }
            await redis.DisposeAsync().ConfigureAwait(false);
        }
        catch (RedisException error)
        {
            context.Error.WriteLine(
                $"Redis at {engine.Redis} doesn't report the engine's progress, so sending won't wait for it: "
                    + $"{error.Message}"
            );
        }
        return new Pacing(null, null);
    }

    public ValueTask DisposeAsync() => _redis?.DisposeAsync() ?? ValueTask.CompletedTask;
}
