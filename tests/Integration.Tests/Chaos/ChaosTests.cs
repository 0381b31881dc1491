using System.Globalization;
using Engine.Contracts;
using Integration.Tests.Bindings;
using Integration.Tests.Messages;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests.Chaos;

/// <summary>Engines of one group on a real broker, a steady load, and a seeded schedule of faults. At the end every
/// record has one outcome, totals are what the verdicts add up to, and the live results are the rescored ones, byte for
/// byte. <c>make chaos SECONDS=… SEED=…</c> runs it longer, with three brokers and other kinds of Redis.</summary>
[Collection(RealKafka.AgainTests)]
public sealed class ChaosTests(RealKafka kafka)
{
    private const int Engines = 3;

    /// <summary>The topics whose records are all decided at the end.</summary>
    public static readonly string[] Decided =
    [
        Topics.Interactions,
        Topics.ContentRequests,
        Topics.Bindings,
        Topics.Processes,
        Topics.Associations,
        Topics.Messages,
        Topics.Bookmarks,
    ];

    [Fact]
    public async Task Faults_change_no_result_and_what_was_decided_is_shown_again()
    {
        ChaosOptions options = ChaosOptions.Read();
        using CheckoutCopy? sabotaged = options.Without == "" ? null : await Sabotage.BuildAsync(options.Without);
        await using LiveBroker? brokers = options.HasThreeBrokers ? await LiveBroker.StartThreeAsync() : null;
        await using Lab lab = await StartLabAsync(options, brokers);
        await using ChaosWire? wire = lab.Redis is LiveRedisServer server ? new ChaosWire(server.Port) : null;
        string redis = wire?.Address ?? lab.Redis.Address;
        var journal = new ChaosJournal();
        var losses = new ChaosLosses();
        await using var group = new ChaosGroup(() => Launch(lab, redis, sabotaged), Engines, journal);
        await group.StartAsync();
        journal.Note("the group is up");

        var length = TimeSpan.FromSeconds(options.Seconds);
        var schedule = new ChaosSchedule(
            options.Seed,
            length,
            journal,
            [
                group.Deaths,
                group.Freezes,
                ChaosRedis.FaultsOf(lab.Redis, journal, losses),
                [new Fault("setting changed", draw => ChangeAsync(lab, draw))],
                .. wire == null ? (Fault[][])[] : [wire.Faults],
                .. brokers == null ? (Fault[][])[] : [new ChaosBrokers(brokers, journal).Faults],
            ]
        );
        Tell($"seed {options.Seed} on {options.Redis}: {schedule}");
        try
        {
            CancellationToken cancel = TestContext.Current.CancellationToken;
            await Task.WhenAll(
                new ChaosLoad(lab, options.Seconds, options.Seed).PlayAsync(cancel),
                schedule.PlayAsync(cancel)
            );
            journal.Note("load and faults are over");
            await AreDecidedAsync(lab);
            journal.Note("all is decided");
            await group.StopAsync();
            Tell($"{schedule.Count} faults; {group.Takeovers}");
            Tell(await new ChaosResults(lab, losses).CheckAsync());
        }
        catch
        {
            string file = Path.Combine(Path.GetTempPath(), $"chaos-{options.Seed}-{Environment.ProcessId}.log");
            await File.WriteAllTextAsync(file, $"{journal}\n{group.Tell()}", CancellationToken.None);
            Tell($"the journal and the engines' output are in {file}");
            throw;
        }
    }

    private async Task<Lab> StartLabAsync(ChaosOptions options, LiveBroker? brokers)
    {
        EngineYaml yaml = BindingLab.Signing with
        {
            Complete = true,
            Timestamps = "append",
            ProgressMs = 500,
            Lanes = 0,
        };
        Lab lab =
            brokers == null
                ? await Lab.RealAsync(kafka, options.Redis, yaml)
                : await Lab.OnAsync(brokers, options.Redis, yaml);
        BindingLab.WriteKey(lab);
        lab.Folder.Write("settings/chaos.yaml", ChaosLoad.Settings);
        // In place of the sample's.
        lab.Folder.Write("settings/messages.yaml", MessageKillTests.Settings + MessageKillTests.TagRule);
        return lab;
    }

    private static EngineRun Launch(Lab lab, string redis, CheckoutCopy? sabotaged) =>
        EngineRun.LaunchBuild(sabotaged?.Engine ?? "engine", lab.Brokers, redis, lab.Config);

    private static async Task ChangeAsync(Lab lab, int draw)
    {
        await lab.Log.SendAsync(
            new LiveRecord(
                Topics.Settings,
                "rule/chaos",
                $$$"""{"when":"click.x > {{{200 + draw % 700}}}","then":{"class":"suspect"}}""",
                LiveEvents.Now
            )
        );
    }

    /// <summary>Waits until progress is at the end of every partition.</summary>
    private static async Task AreDecidedAsync(Lab lab)
    {
        lab.Redis.Reconnect();
        (string Partition, long End)[] ends =
        [
            .. Decided
                .SelectMany(lab.Log.ReadAll)
                .GroupBy(record => $"{record.Topic}-{record.Partition.Value}")
                .Select(records => (records.Key, records.Max(record => record.Offset.Value) + 1)),
        ];
        List<string> behind = [];
        try
        {
            await ChaosRedis.UntilAsync("all is decided", async () =>
            {
                behind.Clear();
                foreach ((string partition, long end) in ends)
                {
                    string? progress = await lab.Redis.Database.StringGetAsync($"progress:engine:{{{partition}}}");
                    if (progress == null || long.Parse(progress.Split(' ')[0], CultureInfo.InvariantCulture) < end)
                    {
                        behind.Add($"{partition} is at '{progress}', not at {end}");
                    }
                }

                return behind.Count == 0;
            });
        }
        catch (TimeoutException)
        {
            Assert.Fail($"deciding hangs: {string.Join(", ", behind)}");
        }
    }

    private static void Tell(string what) => TestContext.Current.SendDiagnosticMessage("{0}", what);
}
