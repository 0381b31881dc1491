namespace Engine.Workflows.Messages.Decision;

/// <summary>The Redis keys of messages, without the group's prefix.</summary>
public static class MessageKeys
{
    /// <summary>What was done with a message.</summary>
    public static string Handled(string id) => $"message:{id}";

    /// <summary>The rules that are suggested to a person.</summary>
    /// <param name="partition"><c>messages-2</c></param>
    public static string Suggestions(string person, string partition) =>
        $"suggestions:messages:{person}:{{{partition}}}";
}
