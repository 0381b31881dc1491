using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Models.Scoring;

/// <summary>A gradient-boosted forest of regression trees. Immutable, stateless and thread-safe. Nothing allocates
/// after construction.</summary>
/// <remarks>
/// Leaves are stored as multiples of 2^-<see cref="FractionBits"/>, so a sum of them is exact in any order: 32 rows at
/// once, one row, and the plain twin are bitwise equal. The rounding error is at most 2^-(<see cref="FractionBits"/>+1)
/// per tree, about 1e-7 for hundreds of trees. A NaN goes left at every node, because no comparison with it holds.
/// </remarks>
public sealed class Forest
{
    /// <summary>The maximum number of leaves of a tree: the vector form numbers nodes and leaves with bytes.</summary>
    public const int MaxLeaves = 128;

    /// <summary>The maximum number of features: a row is copied to the stack.</summary>
    public const int MaxFeatures = 512;

    private const int Together = 8;

    private readonly Tree[] _trees;
    private readonly Step[] _steps;
    private readonly int[] _stepLeaf;

    /// <summary>The number of the leaf among <see cref="_shares"/>, by step; -1 for a node.</summary>
    private readonly int[] _stepNumber;
    private readonly LeafShares _shares;
    private readonly TreePlace[] _places;
    private readonly ForestAvx2? _simd;

    /// <param name="trees">The trees; at least one.</param>
    /// <param name="features">The number of values per row: 1 to <see cref="MaxFeatures"/>.</param>
    /// <param name="bias">The raw score before any tree, in log-odds.</param>
    /// <exception cref="ArtefactException">A tree is invalid, or the sums overflow.</exception>
    public Forest(IReadOnlyList<Tree> trees, int features, float bias)
    {
        if (features is < 1 or > MaxFeatures || trees.Count == 0 || !float.IsFinite(bias))
        {
            throw new ArtefactException(
                $"A forest has at least one tree and 1 to {MaxFeatures} features; here {trees.Count}, {features}, "
                    + $"bias {bias}."
            );
        }

        for (int i = 0; i < trees.Count; i++)
        {
            trees[i].Check(i, features);
        }

        _trees = [.. trees];
        Features = features;
        Bias = bias;
        FractionBits = Fraction(trees, bias);
        WholeBias = Whole(bias);
        Asked = UsedBy(_trees);
        _shares = new LeafShares(_trees, Whole);
        (_steps, _stepLeaf, _stepNumber, _places) = WalkForm();
        _simd = ForestAvx2.IsSupported ? new ForestAvx2(this, _shares) : null;
    }

    /// <summary>Creates the remainder of a forest whose rows have known values. Its leaves use the same fraction bits
    /// as the original, so sums stay bitwise equal.</summary>
    private Forest(Forest whole, ReadOnlySpan<float> known)
    {
        (Features, Bias, FractionBits, WholeBias) = (whole.Features, whole.Bias, whole.FractionBits, whole.WholeBias);
        var left = new List<Tree>();
        foreach (Tree tree in whole._trees)
        {
            Tree reduced = KnownValues.Reduce(tree, known);
            if (reduced.Nodes > 0 || left.Count == 0)
            {
                left.Add(reduced);
            }
            else
            {
                WholeBias += Whole(reduced.LeafValue[0]);
            }
        }

        _trees = [.. left];
        Asked = UsedBy(_trees);
        _shares = new LeafShares(_trees, Whole);
        (_steps, _stepLeaf, _stepNumber, _places) = WalkForm();
        _simd = ForestAvx2.IsSupported ? new ForestAvx2(this, _shares) : null;
    }

    /// <summary>The number of values per row.</summary>
    public int Features { get; }

    /// <summary>The trees as they were trained.</summary>
    public IReadOnlyList<Tree> Trees => _trees;

    /// <summary>The features that any node uses, ascending; values of others may be missing.</summary>
    public int[] Asked { get; }

    /// <summary>The raw score before any tree, in log-odds.</summary>
    public float Bias { get; }

    /// <summary>Leaves and sums are multiples of 2 to the power of minus this.</summary>
    public int FractionBits { get; }

    internal int WholeBias { get; }

    /// <summary>Computes the raw scores of rows in columns: the value of feature f in row r is at <c>columns[f * stride
    /// + r]</c>.</summary>
    /// <param name="columns">At least (<see cref="Features"/> - 1) * stride + rows values.</param>
    /// <param name="stride">The distance between two features' first rows, in values; at least <paramref
    /// name="rows"/>.</param>
    /// <param name="rows">The number of rows, 0 or more.</param>
    /// <param name="raw">The log-odds, one per row.</param>
    public void Score(ReadOnlySpan<float> columns, int stride, int rows, Span<float> raw)
    {
        CheckShape(columns.Length, stride, rows, raw.Length);
        int row = 0;
        if (_simd is not null && rows >= ForestAvx2.MinRows)
        {
            row = _simd.Score(columns, stride, rows, raw);
        }

        for (; row < rows; row++)
        {
            raw[row] = ScoreRow(columns, stride, row);
        }
    }

    /// <summary>Computes the raw score, in log-odds, of one row with contiguous values.</summary>
    /// <param name="row"><see cref="Features"/> values.</param>
    public float Score(ReadOnlySpan<float> row)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(row.Length, Features);
        return FromWhole(Walk(row[..Features]));
    }

    /// <summary>The safe twin of <see cref="Score(ReadOnlySpan{float},int,int,Span{float})"/>: evaluates one row, tree
    /// by tree and node by node.</summary>
    /// <param name="row"><see cref="Features"/> values.</param>
    public float ScoreScalar(ReadOnlySpan<float> row)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(row.Length, Features);
        int sum = WholeBias;
        foreach (Tree tree in _trees)
        {
            sum += Whole(tree.LeafValue[tree.LeafOf(row)]);
        }

        return FromWhole(sum);
    }

    /// <summary>Specialises the forest for rows in which some values are known: nodes that use them are resolved now,
    /// so fewer remain to evaluate. On rows with those values, scores are bitwise equal to this forest's; the values
    /// aren't read again.</summary>
    /// <param name="known">The features with known values, none of them NaN.</param>
    public Forest Given(IEnumerable<(int Feature, float Value)> known)
    {
        float[] values = new float[Features];
        Array.Fill(values, float.NaN);
        foreach (var (feature, value) in known)
        {
            values[feature] = value;
        }

        return new Forest(this, values);
    }

    /// <summary>Computes how much each feature changed the raw score. Along each tree's path, the change of the
    /// expected value at a node counts for the feature that the node uses (A. Saabas, "Interpreting random forests",
    /// 2014). The score is their sum plus the bias and the roots' values.</summary>
    /// <param name="row"><see cref="Features"/> values.</param>
    /// <param name="perFeature"><see cref="Features"/> sums, in log-odds; positive if the feature speaks for label
    /// 1.</param>
    public void Contributions(ReadOnlySpan<float> row, Span<float> perFeature)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(row.Length, Features);
        ArgumentOutOfRangeException.ThrowIfLessThan(perFeature.Length, Features);
        Span<int> sums = stackalloc int[Features];
        sums.Clear();
        ref Step steps = ref MemoryMarshal.GetArrayDataReference(_steps);
        ref float values = ref MemoryMarshal.GetReference(row);
        Span<int> at = stackalloc int[Together];
        for (int tree = 0; tree < _places.Length; tree += Together)
        {
            for (int i = 0; i < Together; i++)
            {
                at[i] = _places[tree + i].Start;
            }

            for (int level = _places[tree].Depth; level > 0; level--)
            {
                foreach (ref int node in at)
                {
                    node = Next(ref steps, node, ref values);
                }
            }

            foreach (int leaf in at)
            {
                // those that pad the last group have no shares
                if (_stepNumber[leaf] >= 0)
                {
                    _shares.AddTo(sums, _stepNumber[leaf]);
                }
            }
        }

        FromWhole(sums, perFeature);
    }

    /// <summary>As <see cref="Contributions(ReadOnlySpan{float},Span{float})"/>, for rows in columns.</summary>
    /// <param name="columns">As in <see cref="Score(ReadOnlySpan{float},int,int,Span{float})"/>.</param>
    /// <param name="stride">The distance between two features' first rows, in values.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="perFeature"><see cref="Features"/> sums for each row, row by row.</param>
    public void Contributions(ReadOnlySpan<float> columns, int stride, int rows, Span<float> perFeature)
    {
        CheckShape(columns.Length, stride, rows, perFeature.Length / Features);
        if (_simd is not null && rows >= ForestAvx2.MinRows)
        {
            Span<int> sums = stackalloc int[ForestAvx2.Lanes * Features];
            for (int row = 0; row < rows; row += ForestAvx2.Lanes)
            {
                int some = Math.Min(ForestAvx2.Lanes, rows - row);
                sums[..(some * Features)].Clear();
                _simd.AddShares(columns[row..], stride, some, sums, Features);
                FromWhole(sums[..(some * Features)], perFeature[(row * Features)..]);
            }

            return;
        }

        Span<float> values = stackalloc float[Features];
        for (int row = 0; row < rows; row++)
        {
            for (int f = 0; f < values.Length; f++)
            {
                values[f] = columns[(f * stride) + row];
            }

            Contributions(values, perFeature[(row * Features)..]);
        }
    }

    private void FromWhole(ReadOnlySpan<int> sums, Span<float> to)
    {
        double scale = Math.ScaleB(1.0, -FractionBits);
        for (int i = 0; i < sums.Length; i++)
        {
            to[i] = (float)(sums[i] * scale);
        }
    }

    private static int[] UsedBy(Tree[] trees) =>
        [.. trees.SelectMany(t => t.Feature).Distinct().Order().Select(f => (int)f)];

    internal int Whole(float value) =>
        (int)Math.Round(Math.ScaleB((double)value, FractionBits), MidpointRounding.ToEven);

    internal float FromWhole(int sum) => (float)Math.ScaleB((double)sum, -FractionBits);

    private static int Fraction(IReadOnlyList<Tree> trees, float bias)
    {
        double maxSum = Math.Abs((double)bias);
        foreach (Tree tree in trees)
        {
            maxSum += tree.LeafValue.Max(v => Math.Abs((double)v));
        }

        int bits = 30 - Math.Max(0, Math.ILogB((maxSum * 1.0001) + 1e-3));
        return bits >= 10
            ? Math.Min(bits, 28)
            : throw new ArtefactException($"Leaves add up to {maxSum}, which can't be log-odds.");
    }

    private (Step[] Steps, int[] Leaf, int[] Number, TreePlace[] Places) WalkForm()
    {
        var steps = new List<Step>();
        var leaves = new List<int>();
        var numbers = new List<int>();
        var places = new List<TreePlace>();
        for (int t = 0; t < _trees.Length; t++)
        {
            Tree tree = _trees[t];
            int start = steps.Count;
            var queue = new List<(int Child, int Depth)> { (tree.Nodes > 0 ? 0 : ~0, 0) };
            for (int i = 0; i < queue.Count; i++)
            {
                int child = queue[i].Child;
                if (child < 0)
                {
                    // a leaf leads to itself: nothing is greater than infinity
                    steps.Add(new Step(float.PositiveInfinity, 0, 0));
                    leaves.Add(Whole(tree.LeafValue[~child]));
                    numbers.Add(_shares.NumberOf(t, ~child));
                    continue;
                }

                steps.Add(new Step(tree.Threshold[child], tree.Feature[child], (ushort)(queue.Count - i)));
                leaves.Add(0);
                numbers.Add(-1);
                queue.Add((tree.Left[child], queue[i].Depth + 1));
                queue.Add((tree.Right[child], queue[i].Depth + 1));
            }

            places.Add(new TreePlace(start, queue[^1].Depth));
        }

        // trees of equal depth run together; the last group is padded with trees that add nothing
        var nothing = new TreePlace(steps.Count, 0);
        steps.Add(new Step(float.PositiveInfinity, 0, 0));
        leaves.Add(0);
        numbers.Add(-1);
        while (places.Count % Together != 0)
        {
            places.Add(nothing);
        }

        return ([.. steps], [.. leaves], [.. numbers], [.. places.OrderByDescending(p => p.Depth)]);
    }

    [SkipLocalsInit]
    private float ScoreRow(ReadOnlySpan<float> columns, int stride, int row)
    {
        Span<float> values = stackalloc float[Features];
        for (int f = 0; f < values.Length; f++)
        {
            values[f] = columns[(f * stride) + row];
        }

        return FromWhole(Walk(values));
    }

    /// <summary>Evaluates eight trees at once: each step waits for its loads, and eight waits overlap.</summary>
    private int Walk(ReadOnlySpan<float> row)
    {
        int sum = WholeBias;
        ref Step steps = ref MemoryMarshal.GetArrayDataReference(_steps);
        ref float values = ref MemoryMarshal.GetReference(row);
        for (int tree = 0; tree < _places.Length; tree += Together)
        {
            ReadOnlySpan<TreePlace> p = _places.AsSpan(tree, Together);
            int n0 = p[0].Start,
                n1 = p[1].Start,
                n2 = p[2].Start,
                n3 = p[3].Start;
            int n4 = p[4].Start,
                n5 = p[5].Start,
                n6 = p[6].Start,
                n7 = p[7].Start;
            for (int level = p[0].Depth; level > 0; level--)
            {
                n0 = Next(ref steps, n0, ref values);
                n1 = Next(ref steps, n1, ref values);
                n2 = Next(ref steps, n2, ref values);
                n3 = Next(ref steps, n3, ref values);
                n4 = Next(ref steps, n4, ref values);
                n5 = Next(ref steps, n5, ref values);
                n6 = Next(ref steps, n6, ref values);
                n7 = Next(ref steps, n7, ref values);
            }

            sum +=
                _stepLeaf[n0]
                + _stepLeaf[n1]
                + _stepLeaf[n2]
                + _stepLeaf[n3]
                + _stepLeaf[n4]
                + _stepLeaf[n5]
                + _stepLeaf[n6]
                + _stepLeaf[n7];
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Next(ref Step steps, int at, ref float values)
    {
        ref readonly Step step = ref Unsafe.Add(ref steps, (nint)(uint)at);
        bool right = Unsafe.Add(ref values, (nint)step.Feature) > step.Threshold;
        return at + step.Left + Unsafe.BitCast<bool, byte>(right);
    }

    private void CheckShape(int columns, int stride, int rows, int raw)
    {
        if (rows < 0 || stride < rows || raw < rows || (rows > 0 && columns < ((long)(Features - 1) * stride) + rows))
        {
            throw new ArgumentException(
                $"{rows} rows of {Features} features at stride {stride} don't fit in {columns} values, or {raw} "
                    + $"results are too few."
            );
        }
    }

    /// <summary>8 bytes. The left child is <paramref name="Left"/> steps ahead, and the right one follows it. A leaf
    /// leads to itself.</summary>
    private readonly record struct Step(float Threshold, ushort Feature, ushort Left);

    /// <param name="Start">The step of the root.</param>
    /// <param name="Depth">The number of steps to the deepest leaf.</param>
    private readonly record struct TreePlace(int Start, int Depth);
}
