namespace Engine.Contracts;

/// <summary>
/// The Kafka topics of the contract. Those a second group writes for itself take its prefix; the others are shared.
/// Which events a topic holds, the schemas of these say (<see cref="Events.EventCatalog.Holds"/>).
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
}
