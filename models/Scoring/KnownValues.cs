namespace Models.Scoring;

/// <summary>Simplifies trees for values known in advance: a node that uses one of them is replaced by the child that it
/// leads to (partial evaluation; Jones, Gomard and Sestoft, 1993). The remaining tree scores rows with those values
/// like the whole tree.</summary>
internal static class KnownValues
{
    /// <summary>Gets what remains of <paramref name="tree"/>; a single leaf if everything is decided.</summary>
    /// <param name="known">The value by feature; NaN if unknown.</param>
    public static Tree Reduce(Tree tree, ReadOnlySpan<float> known)
    {
        var kept = new List<int>();
        var leaves = new List<float>();
        var children = new List<(short Left, short Right)>();
        short root = Place(tree, tree.Nodes > 0 ? (short)0 : (short)~0, known, kept, leaves, children);
        if (root < 0)
        {
            return new Tree([], [], [], [], [], [leaves[0]]);
        }

        return new Tree(
            [.. kept.Select(n => tree.Feature[n])],
            [.. kept.Select(n => tree.Threshold[n])],
            [.. children.Select(c => c.Left)],
            [.. children.Select(c => c.Right)],
            [.. kept.Select(n => tree.NodeValue[n])],
            [.. leaves]
        );
    }

    /// <summary>Gets the number of a child in the remaining tree.</summary>
    private static short Place(
        Tree tree,
        short child,
        ReadOnlySpan<float> known,
        List<int> kept,
        List<float> leaves,
        List<(short Left, short Right)> children
    )
    {
        while (child >= 0 && !float.IsNaN(known[tree.Feature[child]]))
        {
            child = known[tree.Feature[child]] > tree.Threshold[child] ? tree.Right[child] : tree.Left[child];
        }

        if (child < 0)
        {
            leaves.Add(tree.LeafValue[~child]);
            return (short)~(leaves.Count - 1);
        }

        int place = kept.Count;
        kept.Add(child);
        children.Add(default);
        short left = Place(tree, tree.Left[child], known, kept, leaves, children);
        short right = Place(tree, tree.Right[child], known, kept, leaves, children);
        children[place] = (left, right);
        return (short)place;
    }
}
