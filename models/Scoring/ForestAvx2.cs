using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Models.Scoring;

/// <summary>The vector form of a <see cref="Forest"/>, which scores 32 rows at a time. Each value is replaced by its
/// rank among the forest's thresholds for its feature: one byte for each group of trees with at most 255 thresholds.
/// One byte comparison then decides a node for 32 rows, and leaf numbers are selected from the last nodes upwards. Its
/// safe twin is <see cref="Forest.ScoreScalar"/>.</summary>
internal sealed unsafe class ForestAvx2
{
    /// <summary>The minimum number of rows: for fewer, walking each row is faster than ranking 32.</summary>
    public const int MinRows = 6;

    /// <summary>The number of rows at a time.</summary>
    public const int Lanes = 32;

    private const int MaxThresholds = 255;
    private const int Block = 16;
    private const int TreesAtOnce = 64;
    private const uint FourTimes = 0x01010101;

    // pinned, so that their addresses stay valid for the lifetime of the forest
    private readonly float[] _thresholds;
    private readonly Column[] _columns;
    private readonly Node[] _nodes;
    private readonly Walk[] _walks;
    private readonly int[] _leaves;

    /// <summary>The number of each leaf among the shares.</summary>
    private readonly int[] _numbers;
    private readonly LeafShares _shares;
    private readonly int _wholeBias;
    private readonly double _scale;
    private readonly int _slots;
    private readonly int _maxLeaves;

    public ForestAvx2(Forest forest, LeafShares shares)
    {
        _shares = shares;
        var numbers = new List<int>();
        var columns = new List<Column>();
        var thresholds = new List<float>();
        var nodes = new List<Node>();
        var walks = new List<Walk>();
        var leaves = new List<int>();
        _maxLeaves = forest.Trees.Max(t => t.Leaves);
        for (int first = 0; first < forest.Trees.Count;)
        {
            var (next, sets) = Group(forest, first);
            var columnOf = new Dictionary<int, int>();
            foreach (var (feature, set) in sets.OrderBy(s => s.Key))
            {
                columnOf[feature] = columns.Count;
                int blocks = (set.Count + Block - 1) / Block;
                columns.Add(new Column(feature, thresholds.Count, blocks));
                thresholds.AddRange(set.Sorted);
                // infinity is never less than a value
                thresholds.AddRange(Enumerable.Repeat(float.PositiveInfinity, (blocks * Block) - set.Count));
            }

            for (int t = first; t < next; t++)
            {
                walks.Add(Compile(forest.Trees[t], columnOf, sets, nodes, leaves, forest.Whole, out int[] leafOrder));
                numbers.AddRange(leafOrder.Select(leaf => shares.NumberOf(t, leaf)));
            }

            first = next;
        }

        _columns = [.. columns];
        _thresholds = Pinned(thresholds);
        _nodes = Pinned(nodes);
        _walks = [.. walks];
        _leaves = Pinned(leaves);
        _numbers = [.. numbers];
        _wholeBias = forest.WholeBias;
        _scale = Math.ScaleB(1.0, -forest.FractionBits);
        _slots = _maxLeaves + forest.Trees.Max(t => t.Nodes);
    }

    public static bool IsSupported => Avx2.IsSupported;

    /// <summary>Scores 32 rows at a time; the last group may overlap the one before. Returns the number of rows scored:
    /// all or none.</summary>
    [SkipLocalsInit]
    public int Score(ReadOnlySpan<float> columns, int stride, int rows, Span<float> raw)
    {
        byte* ranks = stackalloc byte[(_columns.Length * Lanes) + Lanes];
        byte* slots = stackalloc byte[(_slots * Lanes) + Lanes];
        Align(ref ranks, ref slots);
        int* sums = stackalloc int[Lanes];
        fixed (
            float* from = columns,
                to = raw
        )
        {
            for (int row = 0; row < rows; row += Lanes)
            {
                int at = rows >= Lanes ? Math.Min(row, rows - Lanes) : 0;
                Rank(from + at, stride, Math.Min(Lanes, rows), ranks);
                Sum(ranks, slots, sums);
                for (int i = 0; i < Math.Min(Lanes, rows); i++)
                {
                    to[at + i] = (float)(sums[i] * _scale);
                }
            }
        }

        return rows;
    }

    /// <summary>Adds the shares of the leaves of at most 32 rows to their sums by feature.</summary>
    /// <param name="sums">The sums of each row, row by row.</param>
    /// <param name="features">The number of sums per row.</param>
    [SkipLocalsInit]
    public void AddShares(ReadOnlySpan<float> columns, int stride, int rows, Span<int> sums, int features)
    {
        byte* ranks = stackalloc byte[(_columns.Length * Lanes) + Lanes];
        byte* slots = stackalloc byte[(_slots * Lanes) + Lanes];
        byte* found = stackalloc byte[TreesAtOnce * Lanes];
        Align(ref ranks, ref slots);
        fixed (float* from = columns)
        {
            Rank(from, stride, rows, ranks);
        }

        for (int first = 0; first < _walks.Length; first += TreesAtOnce)
        {
            ReadOnlySpan<Walk> walks = _walks.AsSpan(first, Math.Min(TreesAtOnce, _walks.Length - first));
            FindLeaves(walks, ranks, slots, found);
            for (int row = 0; row < rows; row++)
            {
                Span<int> ofRow = sums.Slice(row * features, features);
                for (int tree = 0; tree < walks.Length; tree++)
                {
                    _shares.AddTo(ofRow, _numbers[walks[tree].Leaf + found[(tree * Lanes) + row]]);
                }
            }
        }
    }

    /// <summary>Aligns both to vectors, and numbers the first slots as the leaves are.</summary>
    private void Align(ref byte* ranks, ref byte* slots)
    {
        ranks += Lanes - (int)((nuint)ranks % Lanes);
        slots += Lanes - (int)((nuint)slots % Lanes);
        for (int i = 0; i < _maxLeaves; i++)
        {
            Vector256.StoreAligned(Vector256.Create((byte)i), slots + (i * Lanes));
        }
    }

    /// <summary>Computes the number of thresholds below each value, minus 128. Finds the block of 16 thresholds for
    /// eight values at once, then the position in the block by comparing 16 thresholds at once. (A binary search with
    /// gathers takes four times as long where gathers are slow.)</summary>
    [SkipLocalsInit]
    private void Rank(float* from, int stride, int rows, byte* ranks)
    {
        float* few = stackalloc float[Lanes];
        int* blocks = stackalloc int[Lanes];
        fixed (float* all = _thresholds)
        {
            foreach (ref readonly Column column in _columns.AsSpan())
            {
                float* values = from + ((nint)column.Feature * stride);
                if (rows < Lanes)
                {
                    new ReadOnlySpan<float>(values, rows).CopyTo(new Span<float>(few, Lanes));
                    new Span<float>(few + rows, Lanes - rows).Clear();
                    values = few;
                }

                float* thresholds = all + column.Thresholds;
                for (int i = 0; i < Lanes; i += 8)
                {
                    Vector256<float> x = Vector256.Load(values + i);
                    Vector256<int> before = Vector256<int>.Zero;
                    for (int block = 1; block < column.Blocks; block++)
                    {
                        // ordered comparison: false for NaN, whose rank stays 0, and rank 0 goes left at every node
                        before -= Vector256.LessThan(Vector256.Create(thresholds[(block * Block) - 1]), x).AsInt32();
                    }

                    (before * Block).Store(blocks + i);
                }

                for (int i = 0; i < Lanes; i++)
                {
                    Vector256<float> x = Vector256.Create(values[i]);
                    float* block = thresholds + blocks[i];
                    uint below =
                        Vector256.LessThan(Vector256.Load(block), x).ExtractMostSignificantBits()
                        | (Vector256.LessThan(Vector256.Load(block + 8), x).ExtractMostSignificantBits() << 8);
                    ranks[i] = (byte)((blocks[i] + BitOperations.PopCount(below)) ^ 0x80);
                }

                ranks += Lanes;
            }
        }
    }

    [SkipLocalsInit]
    private void Sum(byte* ranks, byte* slots, int* sums)
    {
        byte* found = stackalloc byte[TreesAtOnce * Lanes];
        new Span<int>(sums, Lanes).Fill(_wholeBias);
        for (int first = 0; first < _walks.Length; first += TreesAtOnce)
        {
            ReadOnlySpan<Walk> walks = _walks.AsSpan(first, Math.Min(TreesAtOnce, _walks.Length - first));
            FindLeaves(walks, ranks, slots, found);
            for (int lane = 0; lane < Lanes; lane += 8)
            {
                AddLeaves(walks, found + lane, sums + lane);
            }
        }
    }

    /// <summary>Finds the leaf number by tree and row.</summary>
    private void FindLeaves(ReadOnlySpan<Walk> walks, byte* ranks, byte* slots, byte* found)
    {
        fixed (Node* nodes = _nodes)
        {
            foreach (ref readonly Walk walk in walks)
            {
                byte* slot = slots + ((nint)_maxLeaves * Lanes);
                Vector256<byte> leaf = Vector256<byte>.Zero;
                Node* node = nodes + walk.Node,
                    pairs = node + walk.Pairs,
                    end = node + walk.Nodes;
                for (; node < pairs; node++)
                {
                    // both children are leaves, the right one numbered one higher: "greater" is -1
                    leaf = Avx2.Subtract(Vector256.Create(node->Left).AsByte(), Right(ranks, node));
                    Vector256.StoreAligned(leaf, slot);
                    slot += Lanes;
                }

                for (; node < end; node++)
                {
                    leaf = Avx2.BlendVariable(
                        Vector256.LoadAligned(slots + node->Left),
                        Vector256.LoadAligned(slots + node->Right),
                        Right(ranks, node)
                    );
                    Vector256.StoreAligned(leaf, slot);
                    slot += Lanes;
                }

                Vector256.Store(leaf, found);
                found += Lanes;
            }
        }
    }

    /// <summary>Adds leaf values, keeping the sums of eight rows in registers for all trees: gathers would take longer
    /// than these loads.</summary>
    private void AddLeaves(ReadOnlySpan<Walk> walks, byte* found, int* sums)
    {
        int s0 = sums[0],
            s1 = sums[1],
            s2 = sums[2],
            s3 = sums[3],
            s4 = sums[4],
            s5 = sums[5],
            s6 = sums[6],
            s7 = sums[7];
        fixed (int* leaves = _leaves)
        {
            foreach (ref readonly Walk walk in walks)
            {
                int* of = leaves + walk.Leaf;
                s0 += of[found[0]];
                s1 += of[found[1]];
                s2 += of[found[2]];
                s3 += of[found[3]];
                s4 += of[found[4]];
                s5 += of[found[5]];
                s6 += of[found[6]];
                s7 += of[found[7]];
                found += Lanes;
            }
        }

        (sums[0], sums[1], sums[2], sums[3]) = (s0, s1, s2, s3);
        (sums[4], sums[5], sums[6], sums[7]) = (s4, s5, s6, s7);
    }

    /// <summary>Sets all bits for rows that go right.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Right(byte* ranks, Node* node) =>
        Avx2.CompareGreaterThan(
                Vector256.LoadAligned((sbyte*)ranks + node->Column),
                Vector256.Create(node->Rank).AsSByte()
            )
            .AsByte();

    /// <summary>Finds the longest run of trees from <paramref name="first"/> on with at most 255 distinct thresholds
    /// per feature, and those thresholds, ascending.</summary>
    private static (int Next, Dictionary<int, Thresholds> Sets) Group(Forest forest, int first)
    {
        var sets = new Dictionary<int, Thresholds>();
        int next = first;
        for (; next < forest.Trees.Count; next++)
        {
            Tree tree = forest.Trees[next];
            var added = new List<(int Feature, float Threshold)>();
            bool fits = true;
            for (int i = 0; i < tree.Nodes && fits; i++)
            {
                if (!sets.TryGetValue(tree.Feature[i], out Thresholds? set))
                {
                    sets[tree.Feature[i]] = set = new Thresholds();
                }

                if (set.Add(tree.Threshold[i]))
                {
                    added.Add((tree.Feature[i], tree.Threshold[i]));
                    fits = set.Count <= MaxThresholds;
                }
            }

            if (!fits)
            {
                added.ForEach(a => sets[a.Feature].Remove(a.Threshold));
                break;
            }
        }

        return (next, sets.Where(s => s.Value.Count > 0).ToDictionary());
    }

    /// <summary>Compiles a tree: first the nodes whose children are both leaves, then the others, children before
    /// parents, with leaves numbered accordingly.</summary>
    private Walk Compile(
        Tree tree,
        Dictionary<int, int> columnOf,
        Dictionary<int, Thresholds> sets,
        List<Node> nodes,
        List<int> leaves,
        Func<float, int> whole,
        out int[] leafOrder
    )
    {
        int[] upwards = [.. tree.BreadthFirst().Reverse()];
        int[] pairs = [.. upwards.Where(n => tree.Left[n] < 0 && tree.Right[n] < 0)];
        int[] order = [.. pairs, .. upwards.Where(n => tree.Left[n] >= 0 || tree.Right[n] >= 0)];
        int[] paired = [.. pairs.SelectMany(n => (int[])[~tree.Left[n], ~tree.Right[n]])];
        int[] numbered = [.. paired, .. Enumerable.Range(0, tree.Leaves).Except(paired)];
        leafOrder = numbered;
        int Slot(int child) =>
            (child >= 0 ? _maxLeaves + Array.IndexOf(order, child) : Array.IndexOf(numbered, ~child)) * Lanes;

        var walk = new Walk(nodes.Count, pairs.Length, tree.Nodes, leaves.Count);
        leaves.AddRange(leafOrder.Select(l => whole(tree.LeafValue[l])));
        for (int i = 0; i < order.Length; i++)
        {
            int n = order[i],
                feature = tree.Feature[n];
            uint rank = (byte)(sets[feature].Rank(tree.Threshold[n]) - 128);
            uint left = i < pairs.Length ? (uint)(2 * i) * FourTimes : (uint)Slot(tree.Left[n]);
            uint right = i < pairs.Length ? 0 : (uint)Slot(tree.Right[n]);
            nodes.Add(new Node(rank * FourTimes, (uint)(columnOf[feature] * Lanes), left, right));
        }

        return walk;
    }

    private static T[] Pinned<T>(List<T> items)
    {
        T[] array = GC.AllocateUninitializedArray<T>(Math.Max(1, items.Count), pinned: true);
        items.CopyTo(array);
        return array;
    }

    /// <summary>The distinct thresholds of a feature, ascending. There are few, and a generic set of floats would be
    /// jitted at each start.</summary>
    private sealed class Thresholds
    {
        // one more than allowed, which is removed again
        private readonly float[] _sorted = new float[MaxThresholds + 1];

        public int Count { get; private set; }

        public ReadOnlySpan<float> Sorted => _sorted.AsSpan(0, Count);

        /// <summary>Counts the thresholds below a value.</summary>
        public int Rank(float threshold)
        {
            int rank = 0;
            while (rank < Count && _sorted[rank] < threshold)
            {
                rank++;
            }

            return rank;
        }

        /// <summary>Adds a threshold. Returns false if it is already present.</summary>
        public bool Add(float threshold)
        {
            int at = Rank(threshold);
            if (at < Count && _sorted[at] == threshold)
            {
                return false;
            }

            _sorted.AsSpan(at, Count - at).CopyTo(_sorted.AsSpan(at + 1));
            _sorted[at] = threshold;
            Count++;
            return true;
        }

        public void Remove(float threshold)
        {
            int at = Rank(threshold);
            _sorted.AsSpan(at + 1, Count - at - 1).CopyTo(_sorted.AsSpan(at));
            Count--;
        }
    }

    private readonly record struct Column(int Feature, int Thresholds, int Blocks);

    /// <summary>A rank byte repeated four times, so that one load spreads it over a vector; byte offsets of the ranks
    /// and of both children's slots, which are filled earlier. If both children are leaves, the left one's number,
    /// repeated four times, replaces the offset.</summary>
    private readonly record struct Node(uint Rank, uint Column, uint Left, uint Right);

    private readonly record struct Walk(int Node, int Pairs, int Nodes, int Leaf);
}
