namespace Models.Scoring;

/// <summary>How much each feature on the way to a leaf changed the raw score, for all leaves of a forest: known once
/// the trees are, so that explaining a score only adds up what its leaves say. Immutable.</summary>
internal sealed class LeafShares
{
    /// <summary>The number of a tree's first leaf, by tree.</summary>
    private readonly int[] _first;

    /// <summary>The first share of a leaf, by number, and the end of the last one's.</summary>
    private readonly int[] _start;

    private readonly Share[] _shares;

    /// <param name="whole">Rounds a value to the forest's fraction bits.</param>
    public LeafShares(IReadOnlyList<Tree> trees, Func<float, int> whole)
    {
        _first = new int[trees.Count];
        var start = new List<int> { 0 };
        var shares = new List<Share>();
        var changes = new SortedDictionary<ushort, int>();
        for (int t = 0; t < trees.Count; t++)
        {
            Tree tree = trees[t];
            _first[t] = start.Count - 1;
            int[] above = Parents(tree);
            for (int leaf = 0; leaf < tree.Leaves; leaf++)
            {
                changes.Clear();
                float value = tree.LeafValue[leaf];
                // Up to the root; a feature may decide more than once.
                for (int node = above[tree.Nodes + leaf]; node >= 0; node = above[node])
                {
                    changes.TryGetValue(tree.Feature[node], out int sum);
                    changes[tree.Feature[node]] = sum + whole(value) - whole(tree.NodeValue[node]);
                    value = tree.NodeValue[node];
                }

                shares.AddRange(changes.Select(change => new Share(change.Value, change.Key)));
                start.Add(shares.Count);
            }
        }

        (_start, _shares) = ([.. start], [.. shares]);
    }

    /// <summary>The number of a leaf among those of all trees.</summary>
    public int NumberOf(int tree, int leaf) => _first[tree] + leaf;

    /// <summary>Adds a leaf's shares to the sums by feature, multiples of 2 to the power of minus the forest's fraction
    /// bits: exact in any order.</summary>
    /// <param name="number">The leaf's <see cref="NumberOf"/>.</param>
    public void AddTo(Span<int> sums, int number)
    {
        foreach (ref readonly Share share in _shares.AsSpan(_start[number].._start[number + 1]))
        {
            sums[share.Feature] += share.Change;
        }
    }

    /// <summary>The parent of each node, then of each leaf; -1 for the root.</summary>
    private static int[] Parents(Tree tree)
    {
        int[] above = new int[tree.Nodes + tree.Leaves];
        above[0] = -1;
        for (int node = 0; node < tree.Nodes; node++)
        {
            above[PlaceOf(tree.Left[node])] = node;
            above[PlaceOf(tree.Right[node])] = node;
        }

        return above;

        int PlaceOf(short child) => child >= 0 ? child : tree.Nodes + ~child;
    }

    private readonly record struct Share(int Change, ushort Feature);
}
