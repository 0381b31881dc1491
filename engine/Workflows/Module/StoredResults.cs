using System.Globalization;
using System.Text.Json.Nodes;
using Engine.Web;
using StackExchange.Redis;

namespace Engine.Workflows.Module;

/// <summary>Reads results that the workflow has written to Redis, and waits for those that aren't there yet.</summary>
public static class StoredResults
{
    private const int MaxWaitMs = 30_000,
        LookEveryMs = 10;

    /// <summary>The milliseconds that a request wants to wait for a result (<c>?wait=</c>); 0 if it doesn't.</summary>
    /// <exception cref="RefusedException">It isn't a number in range (400).</exception>
    public static int WaitOf(HttpRequest request)
    {
        string text = request.Query["wait"].ToString();
        return text.Length == 0 ? 0
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int ms) && ms <= MaxWaitMs ? ms
            : throw new RefusedException(
                StatusCodes.Status400BadRequest,
                $"'wait' is '{text}'; expected milliseconds, at most {MaxWaitMs}",
                "wait"
            );
    }

    /// <summary>Reads a value; null if there is none within a time.</summary>
    /// <param name="key">Its key, without the group's prefix.</param>
    /// <param name="waitMs">How long to wait for it, ms.</param>
    /// <param name="isWanted">Whether a value is the one that is waited for; any is if null.</param>
    public static async Task<JsonObject?> FindAsync(
        this WorkflowEndpoints endpoints,
        string key,
        int waitMs,
        CancellationToken cancel,
        Func<JsonObject, bool>? isWanted = null
    )
    {
        long since = endpoints.Clock.GetTimestamp();
        while (true)
        {
            RedisValue json = await endpoints
                .Redis.GetDatabase()
                .StringGetAsync(endpoints.Keys.Prefix + key)
                .ConfigureAwait(false);
            if (
                !json.IsNull
                && JsonNode.Parse(json.ToString())!.AsObject() is { } found
                && isWanted?.Invoke(found) != false
            )
            {
                return found;
            }

            if (endpoints.Clock.GetElapsedTime(since).TotalMilliseconds >= waitMs)
            {
                return null;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(LookEveryMs), endpoints.Clock, cancel).ConfigureAwait(false);
        }
    }
}
