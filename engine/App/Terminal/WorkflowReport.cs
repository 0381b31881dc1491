using System.Globalization;
using System.Text.Json;
using Engine.App.Hosting;
using Engine.Contracts;
using StackExchange.Redis;

namespace Engine.App.Terminal;

/// <summary>
/// What the workflows around the clicks made of their events, as it lies in Redis: for the summary of <c>make run</c>.
/// </summary>
internal static class WorkflowReport
{
    private const string Process = "refund-review",
        Page = "poster-7";

    public static async Task WriteAsync(TextWriter into, EngineHost host, string http)
    {
        IDatabase redis = host.Context.Redis.Redis.GetDatabase();
        RedisKeys keys = host.Context.Keys;
        into.WriteLine();
        into.WriteLine("Around the clicks:");
        if (host.Workflows.Counts.GetValueOrDefault(Topics.ContentRequests) is { Decided: > 0 } requests)
        {
            into.WriteLine(
                $"  content requests  {RunSummary.N(requests.Decided)} answered; a sponsor sees at "
                    + $"http://{http}/sponsors what its pages ask for in vain"
            );
        }

        if (
            await SumAsync(redis, host, Topics.Bindings, partition =>
                    $"{keys.Prefix}stats:binding:{Page}:{{{partition}}}"
                )
                .ConfigureAwait(false) is
            { Count: > 0 } bindings
        )
        {
            long Of(string kind) =>
                bindings
                    .Where(field => field.Key.StartsWith(kind + ":", StringComparison.Ordinal))
                    .Sum(field => field.Value);
            string refused = string.Join(
                ", ",
                bindings
                    .Where(field => field.Key.StartsWith("refused:", StringComparison.Ordinal))
                    .OrderByDescending(field => field.Value)
                    .Select(field => $"{field.Key[8..]} {field.Value}")
            );
            into.WriteLine(
                $"  bindings          {Of("operation")} counted, {Of("suspect")} suspect, {Of("refused")} "
                    + $"refused{(refused.Length > 0 ? $" ({refused})" : "")} on page {Page}: http://{http}/b/{Page}"
            );
        }
        SortedSetEntry[] queue = await redis
            .SortedSetRangeByRankWithScoresAsync($"{keys.Prefix}priority:queue:{{{Process}}}", 0, -1, Order.Descending)
            .ConfigureAwait(false);
        if (queue.Length == 0)
        {
            return;
        }

        string? first = await redis
            .StringGetAsync($"{keys.Prefix}priority:{{{Process}}}:{queue[0].Element}")
            .ConfigureAwait(false);
        into.WriteLine(
            $"  priority          {queue.Length} instances of {Process} wait; the most urgent: "
                + $"{Urgent(first, queue[0].Element.ToString())}"
        );
        string[] ours =
        [
            .. queue
                .Select(entry => entry.Element.ToString())
                .Where(instance => instance.StartsWith("rr-cmp-", StringComparison.Ordinal)),
        ];
        if (ours.Length > 0)
        {
            into.WriteLine(
                $"                    opened by the engine, for campaigns that lose more than their limit: "
                    + $"{string.Join(", ", ours.Take(3))}"
            );
        }
    }

    private static string Urgent(string? json, string instance)
    {
        if (json == null)
        {
            return instance;
        }

        using JsonDocument record = JsonDocument.Parse(json);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{instance}, level {record.RootElement.GetProperty("level").GetInt32()} by "
                + $"'{record.RootElement.GetProperty("directive").GetString()}'"
        );
    }

    /// <summary>The fields of one hash a partition, added up.</summary>
    private static async Task<Dictionary<string, long>> SumAsync(
        IDatabase redis,
        EngineHost host,
        string topic,
        Func<string, string> key
    )
    {
        var sum = new Dictionary<string, long>();
        foreach (
            string partition in host.Workflows.Names.Where(name =>
                name.StartsWith(topic + "-", StringComparison.Ordinal)
            )
        )
        {
            foreach (HashEntry field in await redis.HashGetAllAsync(key(partition)).ConfigureAwait(false))
            {
                sum[field.Name!] = sum.GetValueOrDefault(field.Name!) + (long)field.Value;
            }
        }

        return sum;
    }
}
