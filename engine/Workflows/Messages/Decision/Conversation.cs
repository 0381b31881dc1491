using System.Text.Json.Nodes;

namespace Engine.Workflows.Messages.Decision;

/// <summary>What is remembered of a conversation: when somebody last wrote in it, and who was replied to.</summary>
internal sealed class Conversation
{
    /// <summary>One rule replies to one person once in this time, ms.</summary>
    private const long ReplyEveryMs = 86_400_000;

    /// <summary>How many replies are remembered; beyond it nobody is replied to.</summary>
    private const int MaxReplies = 1_000;

    private readonly Dictionary<(string Rule, string Person), long> _replies = [];

    /// <summary>The log time of the last message, ms; null before the first.</summary>
    public long? LastMessage { get; set; }

    public bool MayReply(string rule, string person, long logTime)
    {
        foreach (((string, string) key, long at) in _replies.ToArray())
        {
            if (at + ReplyEveryMs <= logTime)
            {
                _replies.Remove(key);
            }
        }

        return _replies.Count < MaxReplies && !_replies.ContainsKey((rule, person));
    }

    public void Replied(string rule, string person, long logTime) => _replies[(rule, person)] = logTime;

    public string ToJson() =>
        new JsonObject
        {
            ["last"] = LastMessage,
            ["replies"] = new JsonArray([
                .. _replies.Select(reply => new JsonArray(reply.Key.Rule, reply.Key.Person, reply.Value)),
            ]),
        }.ToJsonString();

    public static Conversation Parse(string value)
    {
        JsonNode json = JsonNode.Parse(value)!;
        var conversation = new Conversation { LastMessage = (long)json["last"]! };
        foreach (JsonNode? reply in json["replies"]!.AsArray())
        {
            conversation.Replied((string)reply![0]!, (string)reply[1]!, (long)reply[2]!);
        }

        return conversation;
    }
}
