using Engine.Contracts;
using Integration.Tests.Bindings;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests;

/// <summary>Rules of workflows in shadow, as a collector sees them: counted, and never acting.</summary>
public sealed class ShadowMetricTests
{
    [Fact]
    public async Task Rules_of_workflows_in_shadow_are_counted_by_topic_and_rule()
    {
        using var collector = new Collector();
        await using Lab lab = await BindingLab.StartAsync(Redises.Any);
        lab.Folder.Write(
            "settings/processes.yaml",
            """
            process/refund-review: { levels: [1, 3, 8], default: 3, attributes: { lost_micros: integer }, directives: [
              { id: big, shadow: true, rule: { when: "context.lost_micros > 50", level: 8 } }, { id: small, rule: { when: "context.lost_micros < 10", level: 1 } } ] }

            """
        );
        lab.Folder.Write(
            "settings/bindings.yaml",
            "page/p-0: { title: Page, operations: { pay: {} } }\nbinding-reason/account.self: { shadow: true }\n"
        );
        await using EngineRun run = await EngineRun.StartWithAsync(
            collector.Environment,
            lab.Brokers,
            lab.Redis.Address,
            lab.Config
        );
        long now = LiveEvents.Now;
        for (int i = 0; i < 5; i++)
        {
            string started =
                $$$"""{"type":"process-started","process":"refund-review","instance":"rr-{{{i}}}","time":{{{now}}},"context":{"lost_micros":{{{i * 25}}}}}""";
            await lab.Log.SendAsync(new LiveRecord(Topics.Processes, $"rr-{i}", started));
        }
        using var http = new BindingClient(run.Http);
        for (int i = 0; i < 3; i++)
        {
            string code = (await http.CodeAsync("acc-1", "p-0")).GetProperty("code").GetString()!;
            await lab.Log.SendAsync(
                new LiveRecord(
                    Topics.Bindings,
                    "p-0",
                    BindingClient.Event($"b-{i}", code, i == 2 ? "acc-2" : "acc-1", "{}", "p-0")
                )
            );
        }
        await LiveWait.UntilAsync("both are counted", () =>
            collector
                .Sums("engine.workflows.shadow")
                .Select(sum => $"{sum.Key} {sum.Value}")
                .SequenceEqual([
                    "engine.workflows.shadow rule=account.self topic=bindings 2",
                    "engine.workflows.shadow rule=refund-review/big topic=processes 2",
                ])
        );
        // Neither has acted.
        Assert.Equal(
            ["counted", "counted", "counted"],
            (await lab.Redis.StringsAsync("binding:")).Values.Select(json =>
                (string?)System.Text.Json.Nodes.JsonNode.Parse(json)!["outcome"]
            )
        );
        Assert.Equal(
            [1, 3, 3, 3, 3],
            (await lab.Redis.StringsAsync("priority:{refund-review}:"))
                .Values.Select(json => (int?)System.Text.Json.Nodes.JsonNode.Parse(json)!["level"])
                .Order()
        );
        Assert.Contains(collector.Sums("engine.workflows.decided"), sum =>
            sum is { Key: "engine.workflows.decided topic=processes", Value: 5 }
        );
    }
}
