using System.Text.Json.Nodes;
using Engine.Contracts;
using Engine.Pipeline.Settings;
using Engine.Web;
using Engine.Workflows.Messages;
using Engine.Workflows.Messages.Events;
using Engine.Workflows.Messages.Settings;
using StackExchange.Redis;

namespace Engine.WebConsole.Messages;

/// <summary>Tries rules on a message that nobody has sent: those in force, or a draft. Thread-safe.</summary>
internal sealed class MessageTrials(
    SettingsTimeline timeline,
    IDatabase redis,
    RedisKeys keys,
    IEventOut kafka,
    TimeProvider clock
)
{
    /// <summary>What asks for bookmarks in a condition.</summary>
    private const string BookmarkTags = "message.tags";

    /// <summary>Handles the form's message.</summary>
    /// <exception cref="FormatException">The rules or the message can't be read; the message says where and
    /// why.</exception>
    public async Task<MessageTrial> RunAsync(MessageTrialForm form)
    {
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        IReadOnlyList<MessageRule> rules =
            form.Rules.Length > 0 ? SettingsDraft.Read<MessageRule>(form.Rules, new MessageRuleKind()) : InForce(now);
        Message message = MessageTester.Read(form.ToEvent(now).ToJsonString());
        var tester = new MessageTester(rules);
        if (rules.Any(rule => rule.When.Source.Contains(BookmarkTags, StringComparison.Ordinal)))
        {
            await LearnBookmarksAsync(tester).ConfigureAwait(false);
        }

        return new MessageTrial(
            (JsonObject)JsonNode.Parse(tester.Handle(message))!,
            rules.ToDictionary(rule => rule.Id, StringComparer.Ordinal)
        );
    }

    private IReadOnlyList<MessageRule> InForce(long now) =>
        [.. timeline.At(now, out _).Others(MessageRuleKind.Name).Values.Select(setting => (MessageRule)setting.Value)];

    private async Task LearnBookmarksAsync(MessageTester tester)
    {
        HashEntry[][] all = await Task.WhenAll(
                Enumerable
                    .Range(0, kafka.PartitionsOf(Topics.Bookmarks))
                    .Select(number => redis.HashGetAllAsync(keys.State(RedisKeys.Partition(Topics.Bookmarks, number))))
            )
            .ConfigureAwait(false);
        foreach (HashEntry bookmark in all.SelectMany(fields => fields))
        {
            tester.Learn(bookmark.Name.ToString(), bookmark.Value.ToString());
        }
    }
}

/// <summary>What the rules did.</summary>
/// <param name="Handled">As the value <c>message:&lt;id&gt;</c> has it.</param>
/// <param name="Rules">All rules that were tried, by id.</param>
public sealed record MessageTrial(JsonObject Handled, IReadOnlyDictionary<string, MessageRule> Rules);
