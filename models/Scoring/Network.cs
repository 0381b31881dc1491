using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Models.Scoring;

/// <summary>A small network of dense layers over the features of a forest. Beyond their outermost thresholds, trees are
/// constant, but a network continues along its slopes, and its errors differ from theirs; together they are better than
/// either (models.md). Immutable, stateless and thread-safe.</summary>
/// <remarks>
/// A value v becomes s / (1 + |s| / <see cref="Knee"/>) with s = (v - middle) * scale, so none exceeds ±<see
/// cref="Knee"/>. Between layers, negative values are multiplied by <see cref="Leak"/> (A. Maas et al., 2013). Each
/// output is summed in the order of its inputs with fused multiply-adds, so 16 rows at once, one row, and the plain
/// twin are bitwise equal.
/// </remarks>
public sealed class Network
{
    /// <summary>The maximum width of a row and of a layer: values between layers are on the stack.</summary>
    public const int MaxWidth = 512;

    /// <summary>The limit of a standardised value.</summary>
    public const float Knee = 4;

    /// <summary>The slope below 0 between layers.</summary>
    public const float Leak = 0.1f;

    private const int Lanes = 16;

    private readonly float[] _middle;
    private readonly float[] _scale;
    private readonly DenseLayer[] _layers;

    // outputs padded to whole vectors, so that a single row has no remainder
    private readonly Padded[] _padded;
    private readonly int _widest;

    /// <param name="middle">The value that counts as 0, by feature, in its unit.</param>
    /// <param name="scale">1 divided by the deviation that counts as 1, by feature.</param>
    /// <param name="layers">The layers, each taking the outputs of the one before. The last one has one output, in
    /// log-odds.</param>
    /// <exception cref="ArtefactException">The parts don't fit together.</exception>
    public Network(float[] middle, float[] scale, IReadOnlyList<DenseLayer> layers)
    {
        if (
            middle.Length is < 1 or > MaxWidth
            || scale.Length != middle.Length
            || middle.Concat(scale).Any(v => !float.IsFinite(v))
            || layers.Count == 0
            || layers[^1].Outputs != 1
        )
        {
            throw new ArtefactException(
                $"A network has a finite middle and scale for each of 1 to {MaxWidth} features and ends in a layer "
                    + $"of one output; here {middle.Length} middles, {scale.Length} scales, {layers.Count} layers."
            );
        }

        (_middle, _scale, _layers, _widest) = (middle, scale, [.. layers], middle.Length);
        for (int i = 0, inputs = middle.Length; i < layers.Count; inputs = layers[i++].Outputs)
        {
            layers[i].Check(i, inputs);
            _widest = Math.Max(_widest, layers[i].Outputs);
        }

        _padded = [.. layers.Select(Padded.Of)];
    }

    /// <summary>The number of values per row.</summary>
    public int Features => _middle.Length;

    /// <summary>The value that counts as 0, by feature.</summary>
    public IReadOnlyList<float> Middle => _middle;

    /// <summary>1 divided by the deviation that counts as 1, by feature.</summary>
    public IReadOnlyList<float> Scale => _scale;

    /// <summary>The layers, from the features to the score.</summary>
    public IReadOnlyList<DenseLayer> Layers => _layers;

    /// <summary>Computes the scores of rows in columns: the value of feature f in row r is at <c>columns[f * stride +
    /// r]</c>.</summary>
    /// <param name="columns">At least (<see cref="Features"/> - 1) * stride + rows values.</param>
    /// <param name="stride">The distance between two features' first rows, in values; at least <paramref
    /// name="rows"/>.</param>
    /// <param name="rows">The number of rows, 0 or more.</param>
    /// <param name="scores">The log-odds, one per row.</param>
    [SkipLocalsInit]
    public void Score(ReadOnlySpan<float> columns, int stride, int rows, Span<float> scores)
    {
        if (
            rows < 0
            || stride < rows
            || scores.Length < rows
            || (rows > 0 && columns.Length < ((long)(Features - 1) * stride) + rows)
        )
        {
            throw new ArgumentException(
                $"{rows} rows of {Features} features at stride {stride} don't fit in {columns.Length} values, or "
                    + $"{scores.Length} results are too few."
            );
        }

        Span<float> a = stackalloc float[_widest * Lanes],
            b = stackalloc float[_widest * Lanes],
            last = stackalloc float[Lanes];
        for (int row = 0; row < rows; row += Lanes)
        {
            int some = Math.Min(Lanes, rows - row);
            for (int f = 0; f < Features; f++)
            {
                Span<float> lanes = a.Slice(f * Lanes, Lanes);
                if (some < Lanes)
                {
                    lanes.Clear();
                }

                columns.Slice((f * stride) + row, some).CopyTo(lanes);
                Prepared(Vector512.Create(lanes), Vector512.Create(_middle[f]), Vector512.Create(_scale[f]))
                    .CopyTo(lanes);
            }

            Span<float> from = a,
                to = b;
            for (int i = 0; i < _layers.Length; i++)
            {
                Together(_layers[i], from, to, i < _layers.Length - 1);
                Span<float> swap = from;
                from = to;
                to = swap;
            }

            from[..some].CopyTo(scores[row..]);
        }
    }

    /// <summary>Computes the score, in log-odds, of one row with contiguous values.</summary>
    /// <param name="row"><see cref="Features"/> values.</param>
    [SkipLocalsInit]
    public float Score(ReadOnlySpan<float> row)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(row.Length, Features);
        Span<float> from = stackalloc float[_widest + Lanes],
            to = stackalloc float[_widest + Lanes];
        for (int f = 0; f < Features; f++)
        {
            from[f] = Prepared(row[f], _middle[f], _scale[f]);
        }

        for (int i = 0; i < _padded.Length; i++)
        {
            Alone(_padded[i], from, to, i < _padded.Length - 1);
            Span<float> swap = from;
            from = to;
            to = swap;
        }

        return from[0];
    }

    /// <summary>The safe twin of both: evaluates one row, output by output and input by input.</summary>
    /// <param name="row"><see cref="Features"/> values.</param>
    public float ScoreScalar(ReadOnlySpan<float> row)
    {
        var values = new float[Features];
        for (int f = 0; f < values.Length; f++)
        {
            values[f] = Prepared(row[f], _middle[f], _scale[f]);
        }

        for (int i = 0; i < _layers.Length; i++)
        {
            float[] next = [.. _layers[i].Bias];
            for (int o = 0; o < next.Length; o++)
            {
                for (int input = 0; input < values.Length; input++)
                {
                    next[o] = MathF.FusedMultiplyAdd(
                        values[input],
                        _layers[i].Weights[(input * next.Length) + o],
                        next[o]
                    );
                }

                next[o] = i < _layers.Length - 1 && next[o] < 0 ? next[o] * Leak : next[o];
            }

            values = next;
        }

        return values[0];
    }

    /// <summary>Standardises a value for the first layer.</summary>
    public static float Prepared(float value, float middle, float scale)
    {
        float standard = (value - middle) * scale;
        return standard / (1 + (MathF.Abs(standard) * (1 / Knee)));
    }

    private static Vector512<float> Prepared(Vector512<float> value, Vector512<float> middle, Vector512<float> scale)
    {
        Vector512<float> standard = (value - middle) * scale;
        return standard / (Vector512<float>.One + (Vector512.Abs(standard) * Vector512.Create(1 / Knee)));
    }

    /// <summary>Evaluates a layer for 16 rows, eight outputs at once: each sum waits for its last step, and eight waits
    /// overlap.</summary>
    private static void Together(DenseLayer layer, ReadOnlySpan<float> from, Span<float> to, bool leaks)
    {
        int outputs = layer.Outputs,
            inputs = layer.Inputs;
        ref float w = ref MemoryMarshal.GetArrayDataReference(layer.Weights);
        ref float x = ref MemoryMarshal.GetReference(from[..(inputs * Lanes)]);
        float[] bias = layer.Bias;
        int o = 0;
        for (; o + 8 <= outputs; o += 8)
        {
            Vector512<float> s0 = Vector512.Create(bias[o]),
                s1 = Vector512.Create(bias[o + 1]),
                s2 = Vector512.Create(bias[o + 2]),
                s3 = Vector512.Create(bias[o + 3]);
            Vector512<float> s4 = Vector512.Create(bias[o + 4]),
                s5 = Vector512.Create(bias[o + 5]),
                s6 = Vector512.Create(bias[o + 6]),
                s7 = Vector512.Create(bias[o + 7]);
            ref float at = ref Unsafe.Add(ref w, o);
            for (int i = 0; i < inputs; i++)
            {
                Vector512<float> v = Vector512.LoadUnsafe(ref x, (nuint)(i * Lanes));
                s0 = Vector512.FusedMultiplyAdd(v, Vector512.Create(at), s0);
                s1 = Vector512.FusedMultiplyAdd(v, Vector512.Create(Unsafe.Add(ref at, 1)), s1);
                s2 = Vector512.FusedMultiplyAdd(v, Vector512.Create(Unsafe.Add(ref at, 2)), s2);
                s3 = Vector512.FusedMultiplyAdd(v, Vector512.Create(Unsafe.Add(ref at, 3)), s3);
                s4 = Vector512.FusedMultiplyAdd(v, Vector512.Create(Unsafe.Add(ref at, 4)), s4);
                s5 = Vector512.FusedMultiplyAdd(v, Vector512.Create(Unsafe.Add(ref at, 5)), s5);
                s6 = Vector512.FusedMultiplyAdd(v, Vector512.Create(Unsafe.Add(ref at, 6)), s6);
                s7 = Vector512.FusedMultiplyAdd(v, Vector512.Create(Unsafe.Add(ref at, 7)), s7);
                at = ref Unsafe.Add(ref at, outputs);
            }

            Span<float> eight = to.Slice(o * Lanes, 8 * Lanes);
            Active(s0, leaks).CopyTo(eight);
            Active(s1, leaks).CopyTo(eight[Lanes..]);
            Active(s2, leaks).CopyTo(eight[(2 * Lanes)..]);
            Active(s3, leaks).CopyTo(eight[(3 * Lanes)..]);
            Active(s4, leaks).CopyTo(eight[(4 * Lanes)..]);
            Active(s5, leaks).CopyTo(eight[(5 * Lanes)..]);
            Active(s6, leaks).CopyTo(eight[(6 * Lanes)..]);
            Active(s7, leaks).CopyTo(eight[(7 * Lanes)..]);
        }

        for (; o < outputs; o++)
        {
            Vector512<float> sum = Vector512.Create(bias[o]);
            for (int i = 0; i < inputs; i++)
            {
                sum = Vector512.FusedMultiplyAdd(
                    Vector512.LoadUnsafe(ref x, (nuint)(i * Lanes)),
                    Vector512.Create(Unsafe.Add(ref w, (i * outputs) + o)),
                    sum
                );
            }

            Active(sum, leaks).CopyTo(to.Slice(o * Lanes, Lanes));
        }
    }

    /// <summary>Evaluates a layer for one row, with 16 outputs per vector and two vectors at once.</summary>
    private static void Alone(in Padded layer, ReadOnlySpan<float> from, Span<float> to, bool leaks)
    {
        ref float w = ref MemoryMarshal.GetArrayDataReference(layer.Weights);
        for (int o = 0; o < layer.Outputs; o += Lanes)
        {
            Vector512<float> sum = Vector512.Create(layer.Bias.AsSpan(o, Lanes));
            for (int i = 0; i < layer.Inputs; i++)
            {
                sum = Vector512.FusedMultiplyAdd(
                    Vector512.Create(from[i]),
                    Vector512.LoadUnsafe(ref w, (nuint)((i * layer.Outputs) + o)),
                    sum
                );
            }

            Active(sum, leaks).CopyTo(to[o..]);
        }
    }

    private static Vector512<float> Active(Vector512<float> sum, bool leaks) =>
        leaks
            ? Vector512.ConditionalSelect(
                Vector512.LessThan(sum, Vector512<float>.Zero),
                sum * Vector512.Create(Leak),
                sum
            )
            : sum;

    /// <summary>A layer whose outputs are padded to whole vectors.</summary>
    private readonly record struct Padded(int Inputs, int Outputs, float[] Weights, float[] Bias)
    {
        public static Padded Of(DenseLayer layer)
        {
            int outputs = (layer.Outputs + Lanes - 1) / Lanes * Lanes;
            var weights = new float[layer.Inputs * outputs];
            var bias = new float[outputs];
            layer.Bias.CopyTo(bias, 0);
            for (int i = 0; i < layer.Inputs; i++)
            {
                layer.Weights.AsSpan(i * layer.Outputs, layer.Outputs).CopyTo(weights.AsSpan(i * outputs));
            }

            return new Padded(layer.Inputs, outputs, weights, bias);
        }
    }
}
