namespace Engine.Workflows.Bindings;

/// <summary>Keys of bindings, as the contract names them; a group's prefix comes before.</summary>
public static class BindingKeys
{
    /// <summary>What became of a binding.</summary>
    public static string Outcome(string id) => $"binding:{id}";

    /// <summary>A page's counts in one partition, which share its slot.</summary>
    public static string Stats(string page, string partition) => $"stats:binding:{page}:{{{partition}}}";
}
