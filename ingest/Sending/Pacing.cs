using Engine.CommandLine;
using Engine.Configuration.Connections;
using Engine.Contracts;
using StackExchange.Redis;

namespace Ingest.Sending;

/// <summary>Chooses the pace for a broker: that of the engine that hosts it, if the broker is the one in
/// <c>run.json</c> and its Redis is reachable; otherwise none.</summary>
internal sealed class Pacing : IAsyncDisposable
{
    private const int ConnectWithinMs = 3000;

    private readonly ConnectionMultiplexer? _redis;

    private Pacing(ConnectionMultiplexer? redis, IPace? pace) => (_redis, Pace) = (redis, pace);

    internal IPace? Pace { get; }

    internal static async Task<Pacing> ForAsync(SendingConfig config, CommandContext context)
    {
        if (config.Engine is not { Redis: not null } engine || engine.Kafka != config.Kafka)
        {
            return new Pacing(null, null);
        }

        try
        {
            ConnectionMultiplexer redis = await config
                .RedisOf(engine)
                .ConnectAsync(options => options.ConnectTimeout = ConnectWithinMs)
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
        catch (Exception error) when (error is RedisException or ConnectionException)
        {
            context.Error.WriteLine(
                $"Redis at {config.RedisOf(engine).Hosts} doesn't report the engine's progress, so sending won't wait "
                    + $"for it: {error.Message}"
            );
        }
        return new Pacing(null, null);
    }

    public ValueTask DisposeAsync() => _redis?.DisposeAsync() ?? ValueTask.CompletedTask;
}
