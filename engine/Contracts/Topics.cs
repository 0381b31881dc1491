namespace Engine.Contracts;

/// <summary>The Kafka topics of the contract. A second group prefixes the topics that only it writes; the others are
/// shared. The schemas say which events a topic holds (<see cref="Events.EventCatalog.Holds"/>).</summary>
public static class Topics
{
    public const string Interactions = "interactions";
    public const string ContentRequests = "content-requests";
    public const string Bindings = "bindings";
    public const string Associations = "associations";
    public const string Bookmarks = "bookmarks";
    public const string Processes = "processes";
    public const string Messages = "messages";
    public const string Meetings = "meetings";
    public const string Labels = "labels";
    public const string Settings = "settings";
    public const string PathSignatures = "path-signatures";
    public const string Standings = "standings";
    public const string Marks = "marks";
    public const string Notifications = "notifications";
    public const string Verdicts = "verdicts";
    public const string DeadLetters = "dead-letters";
}
