using System.Collections.Concurrent;
using System.Text.Json;
using Engine.Client;
using Engine.Contracts;
using StackExchange.Redis;

namespace Ingest.Http.Links;

/// <summary>Hears verdicts on the channel <c>verdicts</c>, if the engine publishes them there, and hands them to who
/// waits for them. Thread-safe.</summary>
internal sealed class VerdictChannel
{
    private static readonly TimeSpan HeardWithin = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, TaskCompletionSource<Verdict>> _waiting = new();
    private readonly TimeProvider _clock;
    private long _heardAt;

    private VerdictChannel(TimeProvider clock) => _clock = clock;

    /// <summary>Whether a verdict was heard lately, so that others will be, too.</summary>
    internal bool IsHeard =>
        Interlocked.Read(ref _heardAt) is > 0 and var at && _clock.GetElapsedTime(at) < HeardWithin;

    /// <summary>Subscribes. If Redis is away, as soon as it is back.</summary>
    internal static async Task<VerdictChannel> OpenAsync(
        IConnectionMultiplexer redis,
        string prefix,
        TimeProvider clock
    )
    {
        var channel = new VerdictChannel(clock);
        await redis
            .GetSubscriber()
            .SubscribeAsync(
                RedisChannel.Literal(new RedisKeys(prefix, "").VerdictChannel),
                (_, message) => channel.Hear(message),
                CommandFlags.FireAndForget
            )
            .ConfigureAwait(false);
        return channel;
    }

    /// <summary>Returns a task that completes when the click's verdict is heard. Call <see cref="Forget"/>
    /// afterwards.</summary>
    internal Task<Verdict> Expect(string click) =>
        _waiting
            .GetOrAdd(click, _ => new TaskCompletionSource<Verdict>(TaskCreationOptions.RunContinuationsAsynchronously))
            .Task;

    internal void Forget(string click) => _waiting.TryRemove(click, out _);

    private void Hear(RedisValue message)
    {
        Interlocked.Exchange(ref _heardAt, _clock.GetTimestamp());
        if (_waiting.IsEmpty)
        {
            return;
        }

        byte[] json = message!;
        if (ClickOf(json) is { } click && _waiting.TryGetValue(click, out TaskCompletionSource<Verdict>? waiting))
        {
            try
            {
                waiting.TrySetResult(VerdictLookup.Read(click, json));
            }
            catch (FormatException)
            {
                // Whoever publishes something else there isn't waited for: Redis is asked, too.
            }
        }
    }

    /// <summary>The verdict's click, its first field; null if this isn't a verdict.</summary>
    private static string? ClickOf(byte[] json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            return
                reader.Read()
                && reader.TokenType == JsonTokenType.StartObject
                && reader.Read()
                && reader.ValueTextEquals("click"u8)
                && reader.Read()
                ? reader.GetString()
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
