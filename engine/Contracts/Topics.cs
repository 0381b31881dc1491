namespace Engine.Contracts;

/// <summary>
/// The Kafka topics of the contract. Those a second group writes for itself take its prefix; the others are shared.
/// </summary>
public static class Topics
{
    public const string Interactions = "interactions";
    public const string ContentRequests = "content-requests";
    public const string Bindings = "bindings";
    public const string Associations = "associations";
    public const string Processes = "processes";
    public const string Messages = "messages";
    public const string Meetings = "meetings";
    public const string Labels = "labels";
    public const string Settings = "settings";
    public const string PathSignatures = "path-signatures";
    public const string Standings = "standings";
    public const string Notifications = "notifications";
    public const string Verdicts = "verdicts";
    public const string DeadLetters = "dead-letters";

    /// <summary>
    /// What producers write to, with the event types that each holds; a type in another topic is a dead letter.
    /// </summary>
    public static readonly IReadOnlyDictionary<string, string[]> Holds = new Dictionary<string, string[]>
    {
        [Interactions] = ["click", "cursor-path", "confirmation"],
        [ContentRequests] = ["content-request"],
        [Bindings] = ["binding"],
        [Associations] = ["association"],
        [Processes] = ["process-started", "process-context", "process-taken", "process-finished"],
        [Messages] = ["message"],
        [Meetings] = ["meeting-scheduled", "attendance", "meeting-ended"],
        [Labels] = ["label"],
    };

    /// <summary>The topic that holds events of a type, or null where no topic does.</summary>
    public static string? Of(string eventType) => Holds.FirstOrDefault(topic => topic.Value.Contains(eventType)).Key;
}
