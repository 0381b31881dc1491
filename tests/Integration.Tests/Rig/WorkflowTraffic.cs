using System.Globalization;
using Integration.Tests.Associations;
using Integration.Tests.Bindings;
using Integration.Tests.Meetings;
using Integration.Tests.Messages;
using Integration.Tests.Processes;
using StackExchange.Redis;
using Tests.Support;
using Xunit;

namespace Integration.Tests.Rig;

/// <summary>Events of all workflows, stamped over ten minutes, and their results: a run that is disturbed while they
/// arrive, followed by an undisturbed run of another group over the same log, which must give the same
/// results.</summary>
public sealed class WorkflowTraffic
{
    private const int Slices = 60,
        Associations = 1_500;

    /// <summary>What results are strings, and what are hashes.</summary>
    private static readonly string[] Values =
        ["content:", "binding:", "meeting:", "priority:{", "association:", "message:", "bookmark:"],
        Hashes = ["suggestions:", "stats:binding:", "stats:association:", "chain:"];

    private readonly Lab _lab;

    private WorkflowTraffic(Lab lab) => _lab = lab;

    /// <summary>The records in order of their timestamps.</summary>
    public LiveRecord[] Records { get; } =
    [
        .. ContentKillTests
            .Records(LiveEvents.Now - 600_000)
            .Concat(BindingKillTests.Records())
            .Concat(ProcessKillTests.Records())
            .Concat(MeetingKillTests.Records(LiveEvents.Now - 600_000))
            .Concat(AssociationRecords.Of(Associations, LiveEvents.Now - 600_000, 600_000 / Associations))
            .Concat(MessageKillTests.Records(LiveEvents.Now - 600_000))
            .Concat(MessageKillTests.BookmarkRecords(LiveEvents.Now - 600_000))
            .OrderBy(record => record.Timestamp),
    ];

    /// <summary>Creates a lab with the settings that the events need, and its traffic.</summary>
    public static async Task<(Lab, WorkflowTraffic)> StartAsync(string redis, RealKafka? kafka = null)
    {
        Lab lab = await BindingLab.StartAsync(redis, kafka);
        lab.Folder.Write("settings/sponsors.yaml", ContentRequestTests.Settings());
        lab.Folder.Write("settings/pages.yaml", BindingKillTests.Settings);
        lab.Folder.Write("settings/processes.yaml", ProcessKillTests.Definition);
        lab.Folder.Write("settings/meetings.yaml", MeetingKillTests.Settings);
        lab.Folder.Write("settings/associations.yaml", AssociationRecords.Settings);
        // No rule asks for bookmarks: which of them a group knows at a message is chance, which its marks record.
        lab.Folder.Write("settings/messages.yaml", MessageKillTests.Settings);
        return (lab, new WorkflowTraffic(lab));
    }

    /// <summary>Sends the records over some seconds, so that a disturbance hits events under way.</summary>
    public Task SendAsync(TimeSpan over, CancellationToken cancel) =>
        Task.Run(
            async () =>
            {
                foreach (LiveRecord[] slice in Records.Chunk(Records.Length / Slices + 1))
                {
                    _lab.Log.SendAll(slice);
                    await Task.Delay(over / Slices, cancel);
                }
            },
            cancel
        );

    /// <summary>Waits until a share of the records is decided and written.</summary>
    public Task ReachAsync(double share) =>
        LiveWait.UntilAsync(
            $"{share:P0} are decided",
            async () => await ProgressAsync() >= share * Records.Length,
            TimeSpan.FromSeconds(90)
        );

    /// <summary>The sum of progress over all partitions of the workflows.</summary>
    public async Task<long> ProgressAsync() =>
        (await _lab.Redis.StringsAsync("progress:engine:{"))
            .Where(progress => !progress.Key.Contains("{interactions-", StringComparison.Ordinal))
            .Sum(progress => long.Parse(progress.Value.Split(' ')[0], CultureInfo.InvariantCulture));

    /// <summary>Runs the engine to the log's end, then another group undisturbed, and compares their results.</summary>
    public async Task AgreesAsync()
    {
        await _lab.RunUntilIdleAsync(_lab.Redis);
        LiveResults calm = await _lab.AnotherRedisAsync(Redises.Any);
        await calm.Database.StringSetAsync(
            $"{Lab.Second}settings-base:calm",
            await _lab.Redis.Database.StringGetAsync("settings-base:engine")
        );
        await _lab.RunUntilIdleAsync(calm, "--group", "calm", "--prefix", Lab.Second);
        SortedDictionary<string, string> undisturbed = await ResultsAsync(calm, Lab.Second),
            disturbed = await ResultsAsync(_lab.Redis);
        string[] differences =
        [
            .. undisturbed
                .Keys.Union(disturbed.Keys)
                .Where(key => undisturbed.GetValueOrDefault(key) != disturbed.GetValueOrDefault(key))
                .Select(key =>
                    $"{key}: undisturbed {undisturbed.GetValueOrDefault(key) ?? "nothing"}, disturbed "
                    + $"{disturbed.GetValueOrDefault(key) ?? "nothing"}"
                ),
        ];
        Assert.True(
            differences.Length == 0,
            $"{differences.Length} of {undisturbed.Count} results differ:\n{string.Join('\n', differences.Take(12))}"
        );
        Assert.All(
            [
                "content:",
                "suggestions:sp-1:",
                "binding:",
                "stats:binding:",
                "meeting:",
                "priority:{refund-review}:",
                "priority:queue:{refund-review}",
                "association:",
                "stats:association:",
                "chain:",
                "message:",
                "suggestions:messages:",
                "bookmark:",
            ],
            key => Assert.Contains(undisturbed.Keys, one => one.StartsWith(key, StringComparison.Ordinal))
        );
    }

    /// <summary>The results that engines leave in Redis: values, hash fields and queue members, without the group's
    /// prefix.</summary>
    public static async Task<SortedDictionary<string, string>> ResultsAsync(LiveResults redis, string prefix = "")
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string values in Values)
        {
            foreach ((string key, string value) in await redis.StringsAsync(prefix + values))
            {
                all[key[prefix.Length..]] = value;
            }
        }

        foreach (string hashes in Hashes)
        {
            foreach ((string field, string value) in await redis.HashesAsync(prefix + hashes))
            {
                all[field[prefix.Length..]] = value;
            }
        }

        foreach (string queue in redis.Keys(prefix + "priority:queue:"))
        {
            foreach (SortedSetEntry entry in await redis.Database.SortedSetRangeByRankWithScoresAsync(queue))
            {
                all[$"{queue[prefix.Length..]} {entry.Element}"] = entry.Score.ToString(
                    "R",
                    CultureInfo.InvariantCulture
                );
            }
        }

        return all;
    }
}
