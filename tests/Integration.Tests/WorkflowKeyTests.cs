using System.Collections.Concurrent;
using Engine.Contracts;
using Integration.Tests.Bindings;
using Integration.Tests.Processes;
using Integration.Tests.Rig;
using StackExchange.Redis;
using Tests.Support;
using Xunit;

namespace Integration.Tests;

/// <summary>The keys of workflows' results: which expire, and what a group's prefix keeps apart.</summary>
public sealed class WorkflowKeyTests
{
    private const int Value = 604_800,
        Total = 3_024_000;

    [Fact]
    public async Task Results_expire_but_for_what_must_stay_and_all_take_the_prefix_channels_too()
    {
        await using Lab lab = await BindingLab.StartAsync(Redises.Any);
        lab.Folder.Write("settings/processes.yaml", ProcessKillTests.Definition);
        await using EngineRun run = await lab.StartAsync("--group", "second", "--prefix", Lab.Second);
        var said = new ConcurrentBag<string>();
        ISubscriber channels = lab.Redis.Connection.GetSubscriber();
        foreach (string channel in new[] { "priority", Lab.Second + "priority" })
        {
            (await channels.SubscribeAsync(RedisChannel.Literal(channel))).OnMessage(message =>
                said.Add(message.Channel.ToString())
            );
        }

        long now = LiveEvents.Now;
        await lab.Log.SendAsync(
            new LiveRecord(Topics.ContentRequests, "sp-1", ContentRequestTests.Request("r", sizes: "[[1,1]]"))
        );
        await lab.Log.SendAsync(
            new LiveRecord(
                Topics.Processes,
                "rr-1",
                $$"""{"type":"process-started","process":"refund-review","instance":"rr-1","time":{{now}}}"""
            )
        );
        using (var client = new BindingClient(run.Http))
        {
            await client.PostAsync(
                "/v1/bindings",
                BindingClient.Event("b-1", (await client.CodeAsync()).GetProperty("code").GetString()!)
            );
            await client.OutcomeAsync("b-1");
        }
        foreach (
            (string key, int? lives) in new (string, int?)[]
            {
                ("content:r", Value),
                ("binding:b-1", Value),
                ("priority:{refund-review}:rr-1", Value),
                ("priority:shares:{refund-review}", Value),
                ("suggestions:sp-1:{content-requests-", Total),
                ("stats:binding:poster-7:{bindings-", Total),
                ("priority:queue:{refund-review}", null),
                ("state:second:{content-requests-", null),
                ("state:second:{bindings-", null),
                ("state:second:{processes-", null),
                ("progress:second:{bindings-", null),
                ("owner:second:{bindings-", null),
                ("settings-base:second", null),
                ("group", null),
            }
        )
        {
            string found = "";
            await LiveWait.UntilAsync($"{key} is there", () =>
                lab.Redis.Keys(Lab.Second + key) is [var first, ..] && (found = first).Length > 0
            );
            TimeSpan? left = await lab.Redis.Database.KeyTimeToLiveAsync(found);
            if (lives is { } most)
            {
                Assert.InRange(left?.TotalSeconds ?? double.MaxValue, most - 300, most);
            }
            else
            {
                Assert.True(left == null, $"{found} expires in {left}");
            }
        }
        Assert.All(lab.Redis.Keys(), key => Assert.StartsWith(Lab.Second, key));
        await LiveWait.UntilAsync("the start is said", () => !said.IsEmpty);
        Assert.All(said, channel => Assert.Equal(Lab.Second + "priority", channel));
    }
}
