namespace Engine.Workflows.Messages.Decision;

/// <summary>The Redis keys of messages, without the group's prefix.</summary>
public static class MessageKeys
{
    /// <summary>What was done with a message.</summary>
    public static string Handled(string id) => $"message:{id}";
}
