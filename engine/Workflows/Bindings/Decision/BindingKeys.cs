namespace Engine.Workflows.Bindings.Decision;

/// <summary>The Redis keys of bindings, without the group's prefix.</summary>
public static class BindingKeys
{
    /// <summary>The outcome of a binding.</summary>
    public static string Outcome(string id) => $"binding:{id}";

    /// <summary>The counts of a page in one partition.</summary>
    public static string Stats(string page, string partition) => $"stats:binding:{page}:{{{partition}}}";
}
