namespace Models.Scoring;

/// <summary>
/// One regression tree as it is trained and stored. Inner nodes are numbered from 0 (the root), children before which
/// their parent comes in no particular order; a child at or above 0 is an inner node, one below 0 is leaf
/// <c>~child</c>. A tree of one leaf has no inner node.
/// </summary>
/// <param name="Feature">By inner node, the feature that it asks for (0-based, in the artefact's order).</param>
/// <param name="Threshold">By inner node; a value greater than it goes right, any other, NaN included, goes
/// left.</param>
/// <param name="Left">By inner node, its left child.</param>
/// <param name="Right">By inner node, its right child.</param>
/// <param name="NodeValue">By inner node, the mean of the leaves below, weighted by the training rows that reach them;
/// raw score.</param>
/// <param name="LeafValue">By leaf, what it adds to the raw score (log-odds, learning rate included).</param>
public sealed record Tree(
    ushort[] Feature,
    float[] Threshold,
    short[] Left,
    short[] Right,
    float[] NodeValue,
    float[] LeafValue
)
{
    /// <summary>Inner nodes; one less than <see cref="Leaves"/>.</summary>
    public int Nodes => Feature.Length;

    /// <summary>Leaves: 1 to <see cref="Forest.MaxLeaves"/>.</summary>
    public int Leaves => LeafValue.Length;

    /// <summary>The leaf that a row falls into, node by node: what every faster way is held against.</summary>
    /// <param name="row">One value a feature.</param>
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

    /// <summary>
    /// Throws <see cref="ArtefactException"/> unless arrays fit each other, each node and leaf has exactly one parent,
    /// and values are finite.
    /// </summary>
    internal void Check(int tree, int features)
    {
        int n = Nodes;
        if (Threshold.Length != n || Left.Length != n || Right.Length != n || NodeValue.Length != n || Leaves != n + 1)
        {
            throw new ArtefactException(
                $"Tree {tree} has {n} nodes and {Leaves} leaves; a tree has one leaf more than nodes, and every "
                    + $"array fits them."
            );
        }

        if (Leaves > Forest.MaxLeaves)
        {
            throw new ArtefactException(
                $"Tree {tree} has {Leaves} leaves; the most that a forest here evaluates is {Forest.MaxLeaves}."
            );
        }

        var seen = new bool[n + Leaves];
        for (int i = 0; i < n; i++)
        {
            if (Feature[i] >= features || float.IsNaN(Threshold[i]) || !float.IsFinite(NodeValue[i]))
            {
                throw new ArtefactException(
                    $"Tree {tree}, node {i}: feature {Feature[i]} of {features}, threshold {Threshold[i]}, value "
                        + $"{NodeValue[i]} can't be."
                );
            }

            foreach (short child in (ReadOnlySpan<short>)[Left[i], Right[i]])
            {
                int place = child >= 0 ? child : n + ~child;
                if (child == 0 || place >= seen.Length || seen[place])
                {
                    throw new ArtefactException(
                        $"Tree {tree}, node {i}: child {child} is not there, is the root, or has a parent already."
                    );
                }

                seen[place] = true;
            }
        }

        for (int i = 0; i < Leaves; i++)
        {
            if (!float.IsFinite(LeafValue[i]))
            {
                throw new ArtefactException($"Tree {tree}, leaf {i}: {LeafValue[i]} is no score.");
            }
        }

        CheckNoCycle(tree);
    }

    /// <summary>
    /// Nodes in an order in which each comes after its parent; breadth first, so siblings are neighbours.
    /// </summary>
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
            throw new ArtefactException($"Tree {tree}: not every node hangs below the root.");
        }
    }
}
