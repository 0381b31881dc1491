namespace Models.Scoring;

/// <summary>
/// Takes out of trees what values that are known beforehand decide: a node that asks for one of them is replaced by the
/// child that it leads to (partial evaluation; Jones, Gomard and Sestoft, 1993). What is left scores a row with those
/// values as the whole tree does.
/// </summary>
internal static class KnownValues
{
    /// <summary>The tree that is left of <paramref name="tree"/>; of one leaf where all is decided.</summary>
    /// <param name="known">By feature its value; NaN where it isn't known.</param>
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

    /// <summary>The number that a child gets among what is left.</summary>
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
