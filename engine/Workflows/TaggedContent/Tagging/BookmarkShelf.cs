using Engine.Workflows.Module;
using StackExchange.Redis;

namespace Engine.Workflows.TaggedContent.Tagging;

/// <summary>The tagger of the bookmarks that there are now. A new one is built beside the one in use, which serves on
/// until then. Thread-safe.</summary>
internal sealed class BookmarkShelf(WorkflowEndpoints endpoints)
{
    /// <summary>How long what is in use is taken for the latest.</summary>
    private static readonly TimeSpan LooksEvery = TimeSpan.FromSeconds(1);

    /// <summary>How long a request waits for newer bookmarks; then it is answered with those in use.</summary>
    private static readonly TimeSpan Waits = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Tagger? _tagger;
    private string? _progress;
    private Task<Tagger>? _loading;
    private long _lookedAt;

    /// <summary>Gets the tagger in use, or waits for the first one.</summary>
    public async Task<Tagger> GetAsync()
    {
        Task<Tagger> loading;
        Tagger? inUse;
        lock (_lock)
        {
            inUse = _tagger;
            if (_loading == null && inUse != null && endpoints.Clock.GetElapsedTime(_lookedAt) < LooksEvery)
            {
                return inUse;
            }

            loading = _loading ??= Task.Run(LoadAsync);
        }

        if (inUse == null)
        {
            return await loading.ConfigureAwait(false);
        }

        try
        {
            return await loading.WaitAsync(Waits, endpoints.Clock).ConfigureAwait(false);
        }
        catch (Exception late) when (late is TimeoutException or RedisException)
        {
            return inUse;
        }
    }

    private async Task<Tagger> LoadAsync()
    {
        try
        {
            IDatabase redis = endpoints.Redis.GetDatabase();
            string[] partitions = [.. endpoints.Partitions];
            // Read before the bookmarks, so that these are as new at least.
            string progress = await BookmarkStore
                .ProgressAsync(redis, endpoints.Keys, partitions)
                .ConfigureAwait(false);
            Tagger? tagger = progress == _progress ? _tagger : null;
            tagger ??= Tagger.Build(
                await BookmarkStore.ReadAsync(redis, endpoints.Keys, partitions).ConfigureAwait(false)
            );
            lock (_lock)
            {
                (_tagger, _progress, _lookedAt) = (tagger, progress, endpoints.Clock.GetTimestamp());
            }

            return tagger;
        }
        finally
        {
            lock (_lock)
            {
                _loading = null;
            }
        }
    }
}
