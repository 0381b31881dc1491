using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests;

/// <summary>
/// Each click is counted once, whatever comes between: what a disturbed run leaves equals what an undisturbed one does,
/// byte for byte.
/// </summary>
public class KillTests
{
    [Theory]
    [InlineData(Redises.Garnet)]
    [InlineData(Redises.Cluster)]
    public async Task A_kill_and_a_restart_in_the_middle_change_nothing(string redis)
    {
        await using Lab lab = await Lab.EmbeddedAsync(redis);
        var disturbed = new Disturbed(lab, 30_000);
        Task sending = disturbed.SendAsync(TimeSpan.FromSeconds(12), TestContext.Current.CancellationToken);
        foreach (double share in new[] { 0.05, 0.4, 0.8 })
        {
            await using EngineRun run = await lab.StartAsync();
            await disturbed.ReachAsync(share);
            await run.Process.KillAsync();
        }
        await sending;
        await disturbed.AgreesAsync();
    }
}

public class RestartTests
{
    [Fact]
    public async Task Stopping_and_starting_again_changes_nothing()
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Any);
        var disturbed = new Disturbed(lab, 20_000);
        Task sending = disturbed.SendAsync(TimeSpan.FromSeconds(8), TestContext.Current.CancellationToken);
        foreach (double share in new[] { 0.1, 0.6 })
        {
            await using EngineRun run = await lab.StartAsync();
            await disturbed.ReachAsync(share);
            CommandRun end = await run.StopAsync();
            Assert.True(end.ExitCode == 0, end.ToString());
        }
        await sending;
        await disturbed.AgreesAsync();
    }
}

public class RedisOutageTests
{
    [Fact]
    public async Task Redis_killed_and_restarted_in_the_middle_changes_nothing()
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Server);
        var server = (LiveRedisServer)lab.Redis;
        var disturbed = new Disturbed(lab, 20_000);
        await using EngineRun run = await lab.StartAsync();
        Task sending = disturbed.SendAsync(TimeSpan.FromSeconds(8), TestContext.Current.CancellationToken);
        foreach ((double share, int times) in new[] { (0.1, 1), (0.5, 2) })
        {
            await disturbed.ReachAsync(share);
            await server.Process.KillAsync();
            await LiveWait.UntilAsync("it says that Redis is unavailable", () =>
                run.Process.Error.Split("Redis is unavailable").Length > times
            );
            await server.StartAgainAsync();
        }
        await sending;
        await lab.IsDecidedAsync();
        CommandRun end = await run.StopAsync();
        Assert.True(end.ExitCode == 0, end.ToString());
        await disturbed.AgreesAsync();
    }

    [Fact]
    public async Task Redis_away_while_partitions_move_changes_nothing()
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Server);
        var server = (LiveRedisServer)lab.Redis;
        var disturbed = new Disturbed(lab, 20_000);
        await using EngineRun run = await lab.StartAsync();
        Task sending = disturbed.SendAsync(TimeSpan.FromSeconds(8), TestContext.Current.CancellationToken);
        await using (EngineRun other = await lab.StartAsync())
        {
            await other.Process.SaysAsync("taken over at offset");
            await disturbed.ReachAsync(0.1);
            await server.Process.KillAsync();
            await other.Process.KillAsync();
        }
        await run.Process.SaysAsync("assigned, but not taken over yet");
        await server.StartAgainAsync();
        await sending;
        await lab.IsDecidedAsync();
        CommandRun end = await run.StopAsync();
        Assert.True(end.ExitCode == 0, end.ToString());
        await disturbed.AgreesAsync();
    }

    [Fact]
    public async Task Redis_silent_for_a_while_changes_nothing()
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Server);
        var server = (LiveRedisServer)lab.Redis;
        var disturbed = new Disturbed(lab, 20_000);
        await using EngineRun run = await lab.StartAsync();
        Task sending = disturbed.SendAsync(TimeSpan.FromSeconds(6), TestContext.Current.CancellationToken);
        await disturbed.ReachAsync(0.1);
        server.Process.Signal(LiveProcess.Stop);
        await sending;
        server.Process.Signal(LiveProcess.Continue);
        await lab.IsDecidedAsync();
        await run.StopAsync();
        await disturbed.AgreesAsync();
    }
}

public class SlotMigrationTests
{
    [Fact]
    public async Task Slots_that_move_while_results_are_written_lose_nothing()
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Cluster);
        var cluster = (LiveRedisCluster)lab.Redis;
        var disturbed = new Disturbed(lab, 20_000);
        await using EngineRun run = await lab.StartAsync();
        Task sending = disturbed.SendAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        await disturbed.ReachAsync(0.1);
        // Slots full of verdicts, and those of the partitions' own keys.
        foreach (
            int slot in Enumerable
                .Range(0, 4)
                .Select(i =>
                    Engine.Partitions.Redis.RedisTarget.SlotOf(
                        System.Text.Encoding.ASCII.GetBytes($"{{interactions-{i}}}")
                    )
                )
                .Concat(Enumerable.Range(100, 40))
        )
        {
            int from =
                slot <= 5460 ? 0
                : slot <= 10_922 ? 1
                : 2;
            await cluster.MoveSlotAsync(slot, from, (from + 1) % 3);
        }
        await sending;
        await lab.IsDecidedAsync();
        CommandRun end = await run.StopAsync();
        Assert.True(end.ExitCode == 0, end.ToString());
        await disturbed.AgreesAsync();
    }
}
