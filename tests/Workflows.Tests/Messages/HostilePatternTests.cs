using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Contracts.Settings;
using Engine.Pipeline.Settings;
using Engine.Workflows.Messages;
using Engine.Workflows.Messages.Settings;
using Tests.Support;
using Xunit;

namespace Workflows.Tests.Messages;

/// <summary>People's patterns, most of them slow in a backtracking engine, as message rules.</summary>
public sealed class HostilePatternTests
{
    /// <summary>The longest message.</summary>
    private const int MaxUnits = 64 * 1024;

    /// <summary>Each is refused when the rule is loaded, or handles the longest message that slows it down. A rule that
    /// wasn't linear would take longer than the test may.</summary>
    [Fact(Timeout = 300_000)]
    public async Task Each_is_refused_or_handles_the_message_that_slows_it_down()
    {
        string? file = SharedData.Find("messages/patterns.jsonl");
        Assert.SkipWhen(file is null, "there is no shared data");
        (int loaded, int attacked) = await Task.Run(() => Attack(file), TestContext.Current.CancellationToken)
            .WaitAsync(TestContext.Current.CancellationToken);
        Assert.True(loaded > 2_500 && attacked > 150, $"{loaded} loaded, {attacked} attacked");
    }

    private static (int Loaded, int Attacked) Attack(string file)
    {
        int loaded = 0,
            attacked = 0;
        foreach (JsonElement row in File.ReadLines(file).Select(line => JsonDocument.Parse(line).RootElement))
        {
            string pattern = row.GetProperty("pattern").GetString()!;
            MessageRule rule;
            try
            {
                rule = Rule(pattern);
            }
            catch (SettingException refused)
            {
                Assert.Contains("when", refused.Message);
                continue;
            }

            loaded++;
            if (!row.TryGetProperty("attack", out JsonElement attack))
            {
                continue;
            }

            attacked++;
            var message = new JsonObject
            {
                ["type"] = "message",
                ["id"] = "m-1",
                ["time"] = DeciderRun.Start,
                ["conversation"] = "c-1",
                ["sender"] = "p-1",
                ["text"] = Text(attack),
            };
            new MessageTester([rule]).Handle(MessageTester.Read(message.ToJsonString()));
        }

        return (loaded, attacked);
    }

    private static MessageRule Rule(string pattern)
    {
        var json = new JsonObject
        {
            ["when"] = $"message.text.matches({JsonSerializer.Serialize(pattern)})",
            ["actions"] = new JsonArray(new JsonObject { ["mask"] = pattern }),
        };
        return (MessageRule)
            (
                (WorkflowSetting)
                    SettingParser.Parse(
                        "message-rule/everyone/a",
                        json.ToJsonString(),
                        new SettingFiles(),
                        [new MessageRuleKind()]
                    )
            ).Value;
    }

    /// <summary>The attack, repeated as often as a message has room for; some of its characters take four
    /// bytes.</summary>
    private static string Text(JsonElement attack)
    {
        string pump = attack[1].GetString()!;
        string text =
            attack[0].GetString()
            + string.Concat(Enumerable.Repeat(pump, MaxUnits / 4 / Math.Max(1, pump.Length)))
            + attack[2].GetString();
        return text.Replace('\0', ' ');
    }
}
