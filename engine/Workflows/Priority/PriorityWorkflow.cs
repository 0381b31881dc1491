using System.Globalization;
using System.Text.Json;
using Engine.Contracts;
using Engine.Contracts.Events;
using Engine.Contracts.Settings;
using Engine.Workflows.Module;
using Engine.Workflows.Module.Traffic;
using Engine.Workflows.Priority.Decision;
using Engine.Workflows.Priority.Events;
using Engine.Workflows.Priority.Settings;
using Engine.Workflows.Priority.Traffic;
using Engine.Workflows.Priority.Upkeep;
using StackExchange.Redis;

namespace Engine.Workflows.Priority;

/// <summary>Priority of business processes: instances get execution levels, and wait in queues by level and
/// age.</summary>
public sealed class PriorityWorkflow : IWorkflow
{
    public string Name => "priority";

    public string Topic => Topics.Processes;

    public IReadOnlyList<EventSchema> Events => ProcessSchemas.All;

    public IReadOnlyList<ISettingKind> SettingKinds { get; } = [new ProcessKind(), new OverrideKind()];

    public IReadOnlyList<KeyPattern> Keys =>
        [
            new("priority:{<process>}:<instance>", "the execution level in force, and why"),
            new("priority:queue:{<process>}", "waiting instances by level, then age"),
            new("priority:shares:{<process>}", "each level's share of workers in force"),
        ];

    public string Documentation => "priority.md";

    public ISampleTraffic Traffic { get; } = new ProcessTraffic();

    public IDecider CreateDecider(DeciderServices services) => new PriorityDecider();

    public IReadOnlyList<IUpkeep> CreateUpkeep(UpkeepServices services) =>
        [
            new QueueUpkeep(services.Keys, services.Timeline, services.ValueTtl, services.Clock),
            new RefundReviews(services.Standings, services.Timeline, services.Keys.Prefix, services.Clock),
        ];

    public async Task<IReadOnlyList<string>> ReportAsync(ReportSource source)
    {
        const string Process = RefundReviews.Process;
        SortedSetEntry[] queue = await source
            .Redis.SortedSetRangeByRankWithScoresAsync(
                source.Keys.Prefix + PriorityKeys.Queue(Process),
                0,
                -1,
                Order.Descending
            )
            .ConfigureAwait(false);
        if (queue.Length == 0)
        {
            return [];
        }

        string first = queue[0].Element.ToString();
        string? record = await source
            .Redis.StringGetAsync(source.Keys.Prefix + PriorityKeys.Record(Process, first))
            .ConfigureAwait(false);
        List<string> lines =
        [
            $"{queue.Length} instances of {Process} are waiting; the most urgent is {Urgent(record, first)}",
        ];
        string[] ours =
        [
            .. queue
                .Select(entry => entry.Element.ToString())
                .Where(instance => instance.StartsWith("rr-cmp-", StringComparison.Ordinal)),
        ];
        if (ours.Length > 0)
        {
            lines.Add(
                $"opened by the engine for campaigns that lose more than their limit: "
                    + $"{string.Join(", ", ours.Take(3))}"
            );
        }

        return lines;
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
}
