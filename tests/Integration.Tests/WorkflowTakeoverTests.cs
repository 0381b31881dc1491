using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests;

/// <summary>
/// Workflows whose partitions move between engines, and engines that are overtaken: each event counts once, and once
/// only.
/// </summary>
public sealed class WorkflowTakeoverTests
{
    [Fact]
    public async Task Engines_that_join_and_leave_change_nothing()
    {
        (Lab lab, WorkflowTraffic traffic) = await WorkflowTraffic.StartAsync(Redises.Any);
        await using Lab disposeLab = lab;
        await using EngineRun first = await lab.StartAsync();
        Task sending = traffic.SendAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);
        await traffic.ReachAsync(0.1);
        await using (EngineRun second = await lab.StartAsync())
        {
            await LiveWait.UntilAsync("the second has partitions of workflows", () =>
                Topics().Any(topic => second.Process.Error.Contains($"{topic}-", StringComparison.Ordinal))
            );
            await traffic.ReachAsync(0.6);
            CommandRun end = await second.StopAsync();
            Assert.True(end.ExitCode == 0, end.ToString());
        }
        await sending;
        await traffic.ReachAsync(1);
        await first.StopAsync();
        await traffic.AgreesAsync();
    }

    [Fact]
    public async Task An_engine_that_was_frozen_changes_nothing_after_its_partitions_have_gone()
    {
        (Lab lab, WorkflowTraffic traffic) = await WorkflowTraffic.StartAsync(Redises.Any);
        await using Lab disposeLab = lab;
        await using EngineRun zombie = await lab.StartAsync();
        Task sending = traffic.SendAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        await traffic.ReachAsync(0.2);
        zombie.Process.Signal(LiveProcess.Stop);
        await using EngineRun successor = await lab.StartAsync();
        await sending;
        await traffic.ReachAsync(1);
        zombie.Process.Signal(LiveProcess.Continue);
        await zombie.NoticesThatItsPartitionsHaveGoneAsync();
        await successor.StopAsync();
        await zombie.StopAsync();
        await traffic.AgreesAsync();
    }

    [Fact]
    public async Task Who_fails_on_the_owner_stops_at_once_and_takes_over_anew_a_session_later()
    {
        (Lab lab, WorkflowTraffic traffic) = await WorkflowTraffic.StartAsync(Redises.Garnet);
        await using Lab disposeLab = lab;
        await using EngineRun run = await lab.StartAsync();
        int half = traffic.Records.Length / 2;
        lab.Log.SendAll(traffic.Records[..half]);
        await traffic.ReachAsync(0.5);
        string[] owners =
        [
            .. lab
                .Redis.Keys("owner:engine:{")
                .Where(key => Topics().Any(topic => key.Contains($"{{{topic}-", StringComparison.Ordinal))),
        ];
        Assert.Equal(12, owners.Length);
        foreach (string owner in owners)
        {
            await lab.Redis.Database.StringIncrementAsync(owner);
        }

        lab.Log.SendAll(traffic.Records[half..]);
        // A partition that nothing came for any more has nothing to fail on.
        string[] busy =
        [
            .. Topics()
                .SelectMany(topic =>
                    lab.Log.ReadAll(topic)
                        .GroupBy(record => record.Partition.Value)
                        .Where(records => records.Count() > 10)
                        .Select(records => $"{topic}-{records.Key}")
                ),
        ];
        await LiveWait.UntilAsync("it leaves all partitions alone", () =>
            busy.All(name =>
                run.Process.Error.Contains($"{name}: another instance owns it now", StringComparison.Ordinal)
            )
        );
        await traffic.ReachAsync(1);
        await run.StopAsync();
        await traffic.AgreesAsync();
    }

    [Fact]
    public async Task Redis_killed_and_restarted_in_the_middle_changes_nothing()
    {
        (Lab lab, WorkflowTraffic traffic) = await WorkflowTraffic.StartAsync(Redises.Server);
        await using Lab disposeLab = lab;
        var server = (LiveRedisServer)lab.Redis;
        await using EngineRun run = await lab.StartAsync();
        Task sending = traffic.SendAsync(TimeSpan.FromSeconds(12), TestContext.Current.CancellationToken);
        foreach ((double share, int times) in new[] { (0.1, 1), (0.5, 2) })
        {
            await traffic.ReachAsync(share);
            await server.Process.KillAsync();
            await LiveWait.UntilAsync("it says that Redis is unavailable", () =>
                run.Process.Error.Split("Redis is unavailable").Length > times
            );
            await server.StartAgainAsync();
        }
        await sending;
        await traffic.ReachAsync(1);
        CommandRun end = await run.StopAsync();
        Assert.True(end.ExitCode == 0, end.ToString());
        await traffic.AgreesAsync();
    }

    private static string[] Topics() =>
        [Engine.Contracts.Topics.ContentRequests, Engine.Contracts.Topics.Bindings, Engine.Contracts.Topics.Processes];
}
