using Models.Scoring;

namespace Models.Training.Clicks;

/// <summary>Combines separately trained parts into one forest, the only form that artefacts and the engine
/// support.</summary>
internal static class ForestBlend
{
    /// <summary>The number of trees, each of <see cref="Forest.MaxLeaves"/> leaves, that represent a feature's value.
    /// Their steps interleave.</summary>
    private const int Stairs = 4;

    /// <summary>The log-odds beyond which the last step applies.</summary>
    private const double Reach = 8;

    /// <summary>Combines a share of the score of <paramref name="low"/>, if a feature is at most the threshold,
    /// otherwise of <paramref name="high"/>, with a share of a feature that is itself in log-odds, in steps of
    /// 1/32.</summary>
    /// <param name="gate">The feature that selects the forest.</param>
    /// <param name="linear">The feature that is added.</param>
    /// <param name="part">The share of the forests, 0 to 1.</param>
    /// <param name="share">The share of the added feature.</param>
    public static Forest Of(Forest low, Forest high, int gate, float threshold, int linear, float part, double share)
    {
        var trees = new List<Tree> { Either(Leaf(low.Bias), Leaf(high.Bias), gate, threshold, part) };
        for (int i = 0; i < Math.Max(low.Trees.Count, high.Trees.Count); i++)
        {
            trees.Add(
                Either(
                    i < low.Trees.Count ? low.Trees[i] : Leaf(0),
                    i < high.Trees.Count ? high.Trees[i] : Leaf(0),
                    gate,
                    threshold,
                    part
                )
            );
        }

        if (share > 0)
        {
            trees.AddRange(Enumerable.Range(0, Stairs).Select(k => Stair(linear, share / Stairs, (double)k / Stairs)));
        }

        return new Forest(trees, high.Features, 0);
    }

    private static Tree Leaf(float value) => new([], [], [], [], [], [value]);

    /// <summary>Creates one tree whose root leads to either tree.</summary>
    private static Tree Either(Tree low, Tree high, int feature, float threshold, float part)
    {
        short highRoot = (short)(1 + low.Nodes);
        return new Tree(
            [(ushort)feature, .. low.Feature, .. high.Feature],
            [threshold, .. low.Threshold, .. high.Threshold],
            [
                Root(low, 1, 0),
                .. low.Left.Select(c => Moved(c, 1, 0)),
                .. high.Left.Select(c => Moved(c, highRoot, low.Leaves)),
            ],
            [
                Root(high, highRoot, low.Leaves),
                .. low.Right.Select(c => Moved(c, 1, 0)),
                .. high.Right.Select(c => Moved(c, highRoot, low.Leaves)),
            ],
            // nearly every training row goes high
            [
                part * (high.Nodes > 0 ? high.NodeValue[0] : high.LeafValue[0]),
                .. low.NodeValue.Select(v => part * v),
                .. high.NodeValue.Select(v => part * v),
            ],
            [.. low.LeafValue.Concat(high.LeafValue).Select(v => part * v)]
        );
    }

    private static short Root(Tree tree, int nodes, int leaves) => tree.Nodes > 0 ? (short)nodes : (short)~leaves;

    private static short Moved(short child, int nodes, int leaves) =>
        (short)(child >= 0 ? child + nodes : ~(~child + leaves));

    /// <summary>Creates a balanced tree over one feature whose leaves are the middles of its steps.</summary>
    private static Tree Stair(int feature, double share, double offset)
    {
        const int Leaves = Forest.MaxLeaves;
        const double Step = 2 * Reach / Leaves;
        var thresholds = new float[Leaves - 1];
        short[] left = new short[Leaves - 1],
            right = new short[Leaves - 1];
        var nodeValues = new float[Leaves - 1];
        float[] leaves =
        [
            .. Enumerable.Range(0, Leaves).Select(l => (float)(share * (-Reach + ((l + 0.5 + offset) * Step)))),
        ];
        int nodes = 0;
        Build(0, Leaves);
        return new Tree(
            [.. Enumerable.Repeat((ushort)feature, Leaves - 1)],
            thresholds,
            left,
            right,
            nodeValues,
            leaves
        );

        short Build(int from, int to)
        {
            if (to - from == 1)
            {
                return (short)~from;
            }

            int node = nodes++,
                middle = (from + to) / 2;
            thresholds[node] = (float)(-Reach + ((middle + offset) * Step));
            nodeValues[node] = (leaves[from] + leaves[to - 1]) / 2;
            (left[node], right[node]) = (Build(from, middle), Build(middle, to));
            return (short)node;
        }
    }
}
