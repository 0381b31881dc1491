namespace Models.Scoring;

/// <summary>One regression tree as trained and stored. Inner nodes are numbered from 0 (the root), with no particular
/// order between parents and children. A child at or above 0 is an inner node; one below 0 is leaf <c>~child</c>. A
/// tree with a single leaf has no inner node.</summary>
/// <param name="Feature">By inner node, the feature that it uses (0-based, in the artefact's order).</param>
/// <param name="Threshold">By inner node. A greater value goes right; any other, including NaN, goes left.</param>
/// <param name="Left">By inner node, its left child.</param>
/// <param name="Right">By inner node, its right child.</param>
/// <param name="NodeValue">By inner node, the mean of the leaves below, weighted by the training rows that reach them;
/// in raw score.</param>
/// <param name="LeafValue">By leaf, the contribution to the raw score (log-odds, including the learning rate).</param>
public sealed record Tree(
    ushort[] Feature,
    float[] Threshold,
    short[] Left,
    short[] Right,
    float[] NodeValue,
    float[] LeafValue
)
{
    /// <summary>The number of inner nodes; one less than <see cref="Leaves"/>.</summary>
    public int Nodes => Feature.Length;

    /// <summary>The number of leaves: 1 to <see cref="Forest.MaxLeaves"/>.</summary>
    public int Leaves => LeafValue.Length;

    /// <summary>Finds the leaf of a row, node by node. Every faster way is tested against this.</summary>
    /// <param name="row">One value per feature.</param>
    public int LeafOf(ReadOnlySpan<float> row)
    {
        if (Nodes == 0)
        {
            return 0;
        }

        int node = 0;
        do
        {
            node = row[Feature[node]] > Threshold[node] ? Right[node] : Left[node];
        } while (node >= 0);
        return ~node;
    }

    /// <summary>Throws <see cref="ArtefactException"/> unless the arrays fit together, each node and leaf has exactly
    /// one parent, and all values are finite.</summary>
    internal void Check(int tree, int features)
    {
        int n = Nodes;
        if (Threshold.Length != n || Left.Length != n || Right.Length != n || NodeValue.Length != n || Leaves != n + 1)
        {
            throw new ArtefactException(
                $"Tree {tree} has {n} nodes and {Leaves} leaves; expected one more leaf than nodes, and arrays "
                    + $"of those lengths."
            );
        }

        if (Leaves > Forest.MaxLeaves)
        {
            throw new ArtefactException($"Tree {tree} has {Leaves} leaves; the maximum is {Forest.MaxLeaves}.");
        }

        var seen = new bool[n + Leaves];
        for (int i = 0; i < n; i++)
        {
            if (Feature[i] >= features || float.IsNaN(Threshold[i]) || !float.IsFinite(NodeValue[i]))
            {
                throw new ArtefactException(
                    $"Tree {tree}, node {i}: feature {Feature[i]} of {features}, threshold {Threshold[i]}, value "
                        + $"{NodeValue[i]} is invalid."
                );
            }

            foreach (short child in (ReadOnlySpan<short>)[Left[i], Right[i]])
            {
                int place = child >= 0 ? child : n + ~child;
                if (child == 0 || place >= seen.Length || seen[place])
                {
                    throw new ArtefactException(
                        $"Tree {tree}, node {i}: child {child} doesn't exist, is the root, or already has a parent."
                    );
                }

                seen[place] = true;
            }
        }

        for (int i = 0; i < Leaves; i++)
        {
            if (!float.IsFinite(LeafValue[i]))
            {
                throw new ArtefactException($"Tree {tree}, leaf {i}: {LeafValue[i]} isn't a score.");
            }
        }

        CheckNoCycle(tree);
    }

    /// <summary>Gets the nodes in breadth-first order, so each comes after its parent and siblings are
    /// adjacent.</summary>
    internal int[] BreadthFirst()
    {
        var order = new List<int>(Nodes);
        if (Nodes > 0)
        {
            order.Add(0);
        }

        for (int i = 0; i < order.Count && order.Count <= Nodes; i++)
        {
            foreach (short child in (ReadOnlySpan<short>)[Left[order[i]], Right[order[i]]])
            {
                if (child >= 0)
                {
                    order.Add(child);
                }
            }
        }

        return [.. order];
    }

    private void CheckNoCycle(int tree)
    {
        if (BreadthFirst().Length != Nodes)
        {
            throw new ArtefactException($"Tree {tree}: not every node is reachable from the root.");
        }
    }
}
