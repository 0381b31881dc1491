using System.Text.Json.Nodes;
using Engine.Workflows.Messages.Decision;
using Engine.Workflows.Messages.Traffic;
using Engine.Workflows.Module;
using StackExchange.Redis;

namespace Engine.Workflows.Messages;

/// <summary>Tells what was done with the messages of the sample traffic.</summary>
internal static class MessageReport
{
    public static async Task<IReadOnlyList<string>> LinesAsync(ReportSource source)
    {
        HashEntry[][] memories = await Task.WhenAll(
                source.Partitions.Select(partition => source.Redis.HashGetAllAsync(source.Keys.State(partition)))
            )
            .ConfigureAwait(false);
        RedisValue[] handled = await Task.WhenAll(
                memories
                    .SelectMany(memory => memory)
                    .Where(field => field.Name.StartsWith(MessagePartition.MessagePrefix))
                    .Select(field => RecentMessage.Parse(field.Value.ToString()).Id)
                    .Select(id => source.Redis.StringGetAsync(source.Keys.Prefix + MessageKeys.Handled(id)))
            )
            .ConfigureAwait(false);
        JsonNode[] messages = [.. handled.Where(json => !json.IsNull).Select(json => JsonNode.Parse(json.ToString())!)];
        if (messages.Length == 0)
        {
            return [];
        }

        int held = messages.Count(message => (string?)message["outcome"] == "held"),
            masked = messages.Count(message => message["text"] != null);
        List<string> lines =
        [
            $"{messages.Length} messages, {held} held, {masked} masked; try rules on a text at "
                + $"http://{source.Http}/console/message-rules",
        ];
        if (await HasSuggestionsAsync(source).ConfigureAwait(false))
        {
            lines.Add(
                $"rules suggested to {MessageTraffic.Moderator}: GET http://{source.Http}/v1/people/"
                    + $"{MessageTraffic.Moderator}/message-rules/suggestions"
            );
        }

        return lines;
    }

    private static async Task<bool> HasSuggestionsAsync(ReportSource source)
    {
        bool[] there = await Task.WhenAll(
                source.Partitions.Select(partition =>
                    source.Redis.KeyExistsAsync(
                        source.Keys.Prefix + MessageKeys.Suggestions(MessageTraffic.Moderator, partition)
                    )
                )
            )
            .ConfigureAwait(false);
        return there.Contains(true);
    }
}
