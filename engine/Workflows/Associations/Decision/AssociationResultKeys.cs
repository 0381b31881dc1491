namespace Engine.Workflows.Associations.Decision;

/// <summary>The Redis keys of associations, without the group's prefix.</summary>
public static class AssociationResultKeys
{
    /// <summary>The outcome of an association.</summary>
    public static string Outcome(string id) => $"association:{id}";

    /// <summary>The counts of an item.</summary>
    public static string Stats(string item, string partition) => $"stats:association:{item}:{{{partition}}}";

    /// <summary>An item's chain: association → <c>&lt;parent association or -&gt; &lt;account&gt;</c>.</summary>
    public static string Chain(string item, string partition) => $"chain:{item}:{{{partition}}}";
}
