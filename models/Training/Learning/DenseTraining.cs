using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Models.Scoring;

namespace Models.Training.Learning;

/// <summary>A dense layer during training: forward and backward passes through a batch of <see cref="Batch"/> rows,
/// then one step of Adam with decoupled weight decay (D. Kingma, J. Ba, 2015; I. Loshchilov, F. Hutter, 2019). Sums are
/// taken in the same order on every machine, so a seed always gives the same weights. The values of neuron n begin at
/// <c>n * Batch</c>, one for each row.</summary>
internal sealed class DenseTraining
{
    /// <summary>The number of rows per batch.</summary>
    public const int Batch = 128;

    private const int Width = 16;
    private const float First = 0.9f,
        Second = 0.999f,
        Epsilon = 1e-8f;

    private readonly float[] _weights,
        _gradient,
        _mean,
        _square;
    private readonly int _inputs,
        _outputs,
        _padded;

    /// <param name="inputs">The number of input neurons.</param>
    /// <param name="outputs">The number of output neurons.</param>
    /// <param name="deviation">The standard deviation of the initial weights.</param>
    /// <param name="random">The source of the initial weights.</param>
    public DenseTraining(int inputs, int outputs, double deviation, Random random)
    {
        // inputs and outputs padded to whole tiles of four; the padding stays 0
        (_inputs, _outputs, _padded) = (Tiles(inputs), outputs, Tiles(outputs));
        int count = (_inputs + 1) * _padded;
        (_weights, _gradient, _mean, _square) = (
            new float[count],
            new float[count],
            new float[count],
            new float[count]
        );
        Values = new float[_padded * Batch];
        Slopes = new float[_padded * Batch];
        for (int i = 0; i < inputs; i++)
        {
            for (int o = 0; o < outputs; o++)
            {
                _weights[(i * _padded) + o] = (float)(deviation * Paths.Chance.Normal(random));
            }
        }
    }

    /// <summary>The outputs, which <see cref="Forward"/> writes.</summary>
    public float[] Values { get; }

    /// <summary>The gradient of the loss with respect to the outputs; set it before <see cref="Backward"/>.</summary>
    public float[] Slopes { get; }

    /// <summary>Rounds up to the next multiple of four: the number of neurons that a layer's input must have room
    /// for.</summary>
    public static int Tiles(int neurons) => (neurons + 3) / 4 * 4;

    /// <summary>Computes <see cref="Values"/> from the previous layer's outputs.</summary>
    public void Forward(float[] from, bool leaks)
    {
        for (int o = 0; o < _padded; o += 4)
        {
            ref float bias = ref _weights[(_inputs * _padded) + o];
            for (int r = 0; r < Batch; r += 2 * Width)
            {
                Vector512<float> a0 = Vector512.Create(bias),
                    a1 = a0,
                    b0 = Vector512.Create(Unsafe.Add(ref bias, 1)),
                    b1 = b0;
                Vector512<float> c0 = Vector512.Create(Unsafe.Add(ref bias, 2)),
                    c1 = c0,
                    d0 = Vector512.Create(Unsafe.Add(ref bias, 3)),
                    d1 = d0;
                ref float w = ref _weights[o];
                for (int i = 0; i < _inputs; i++)
                {
                    Vector512<float> x0 = At(from, (i * Batch) + r),
                        x1 = At(from, (i * Batch) + r + Width),
                        v = Vector512.Create(w);
                    (a0, a1) = (Vector512.FusedMultiplyAdd(x0, v, a0), Vector512.FusedMultiplyAdd(x1, v, a1));
                    v = Vector512.Create(Unsafe.Add(ref w, 1));
                    (b0, b1) = (Vector512.FusedMultiplyAdd(x0, v, b0), Vector512.FusedMultiplyAdd(x1, v, b1));
                    v = Vector512.Create(Unsafe.Add(ref w, 2));
                    (c0, c1) = (Vector512.FusedMultiplyAdd(x0, v, c0), Vector512.FusedMultiplyAdd(x1, v, c1));
                    v = Vector512.Create(Unsafe.Add(ref w, 3));
                    (d0, d1) = (Vector512.FusedMultiplyAdd(x0, v, d0), Vector512.FusedMultiplyAdd(x1, v, d1));
                    w = ref Unsafe.Add(ref w, _padded);
                }

                Put(Values, (o * Batch) + r, a0, a1, leaks);
                Put(Values, ((o + 1) * Batch) + r, b0, b1, leaks);
                Put(Values, ((o + 2) * Batch) + r, c0, c1, leaks);
                Put(Values, ((o + 3) * Batch) + r, d0, d1, leaks);
            }
        }
    }

    /// <summary>Computes the weight gradient from <see cref="Slopes"/>, and the previous layer's gradient, if there is
    /// one.</summary>
    public void Backward(float[] from, float[]? previous, bool leaks)
    {
        for (int at = 0; leaks && at < Slopes.Length; at += Width)
        {
            Vector512<float> slope = At(Slopes, at);
            Put(
                Slopes,
                at,
                Vector512.ConditionalSelect(
                    Vector512.LessThan(At(Values, at), Vector512<float>.Zero),
                    slope * Vector512.Create(Network.Leak),
                    slope
                )
            );
        }

        for (int i = 0; i < _inputs; i += 2)
        {
            for (int o = 0; o < _padded; o += 4)
            {
                Vector512<float> a0 = Vector512<float>.Zero,
                    a1 = a0,
                    a2 = a0,
                    a3 = a0,
                    b0 = a0,
                    b1 = a0,
                    b2 = a0,
                    b3 = a0;
                for (int r = 0; r < Batch; r += Width)
                {
                    Vector512<float> x = At(from, (i * Batch) + r),
                        y = At(from, ((i + 1) * Batch) + r);
                    Vector512<float> s0 = At(Slopes, (o * Batch) + r),
                        s1 = At(Slopes, ((o + 1) * Batch) + r),
                        s2 = At(Slopes, ((o + 2) * Batch) + r),
                        s3 = At(Slopes, ((o + 3) * Batch) + r);
                    (a0, a1) = (Vector512.FusedMultiplyAdd(x, s0, a0), Vector512.FusedMultiplyAdd(x, s1, a1));
                    (a2, a3) = (Vector512.FusedMultiplyAdd(x, s2, a2), Vector512.FusedMultiplyAdd(x, s3, a3));
                    (b0, b1) = (Vector512.FusedMultiplyAdd(y, s0, b0), Vector512.FusedMultiplyAdd(y, s1, b1));
                    (b2, b3) = (Vector512.FusedMultiplyAdd(y, s2, b2), Vector512.FusedMultiplyAdd(y, s3, b3));
                }

                Span<float> to = _gradient.AsSpan((i * _padded) + o, _padded + 4);
                (to[0], to[1], to[2], to[3]) = (Sum(a0), Sum(a1), Sum(a2), Sum(a3));
                to = to[_padded..];
                (to[0], to[1], to[2], to[3]) = (Sum(b0), Sum(b1), Sum(b2), Sum(b3));
            }
        }

        for (int o = 0; o < _padded; o++)
        {
            Vector512<float> sum = Vector512<float>.Zero;
            for (int r = 0; r < Batch; r += Width)
            {
                sum += At(Slopes, (o * Batch) + r);
            }

            _gradient[(_inputs * _padded) + o] = Sum(sum);
        }

        if (previous is not null)
        {
            Back(previous);
        }
    }

    /// <summary>Computes the sum of the gradient's squares.</summary>
    public double Squares()
    {
        double sum = 0;
        foreach (float g in _gradient)
        {
            sum += (double)g * g;
        }

        return sum;
    }

    /// <summary>Takes one step against the gradient.</summary>
    /// <param name="step">The number of the step, from 1.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="decay">The share of the rate by which weights decay.</param>
    /// <param name="scale">The factor for the gradient.</param>
    public void Step(int step, float rate, float decay, float scale)
    {
        float first = 1 / (1 - MathF.Pow(First, step)),
            second = 1 / (1 - MathF.Pow(Second, step));
        for (int i = 0; i < _weights.Length; i++)
        {
            float g = _gradient[i] * scale;
            _mean[i] = (First * _mean[i]) + ((1 - First) * g);
            _square[i] = (Second * _square[i]) + ((1 - Second) * g * g);
            _weights[i] -=
                rate * ((_mean[i] * first / (MathF.Sqrt(_square[i] * second) + Epsilon)) + (decay * _weights[i]));
        }
    }

    /// <summary>Creates the layer for scoring.</summary>
    /// <param name="inputs">The number of input neurons.</param>
    /// <param name="times">The factor for weights and biases.</param>
    public DenseLayer Layer(int inputs, float times)
    {
        var weights = new float[inputs * _outputs];
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = times * _weights[(i / _outputs * _padded) + (i % _outputs)];
        }

        return new DenseLayer(
            _outputs,
            weights,
            [.. _weights.AsSpan(_inputs * _padded, _outputs).ToArray().Select(b => times * b)]
        );
    }

    private void Back(float[] previous)
    {
        for (int i = 0; i < _inputs; i += 4)
        {
            for (int r = 0; r < Batch; r += 2 * Width)
            {
                Vector512<float> a0 = Vector512<float>.Zero,
                    a1 = a0,
                    b0 = a0,
                    b1 = a0,
                    c0 = a0,
                    c1 = a0,
                    d0 = a0,
                    d1 = a0;
                ref float w = ref _weights[i * _padded];
                for (int o = 0; o < _padded; o++)
                {
                    Vector512<float> s0 = At(Slopes, (o * Batch) + r),
                        s1 = At(Slopes, (o * Batch) + r + Width),
                        v = Vector512.Create(Unsafe.Add(ref w, o));
                    (a0, a1) = (Vector512.FusedMultiplyAdd(s0, v, a0), Vector512.FusedMultiplyAdd(s1, v, a1));
                    v = Vector512.Create(Unsafe.Add(ref w, _padded + o));
                    (b0, b1) = (Vector512.FusedMultiplyAdd(s0, v, b0), Vector512.FusedMultiplyAdd(s1, v, b1));
                    v = Vector512.Create(Unsafe.Add(ref w, (2 * _padded) + o));
                    (c0, c1) = (Vector512.FusedMultiplyAdd(s0, v, c0), Vector512.FusedMultiplyAdd(s1, v, c1));
                    v = Vector512.Create(Unsafe.Add(ref w, (3 * _padded) + o));
                    (d0, d1) = (Vector512.FusedMultiplyAdd(s0, v, d0), Vector512.FusedMultiplyAdd(s1, v, d1));
                }

                Put(previous, (i * Batch) + r, a0, a1, false);
                Put(previous, ((i + 1) * Batch) + r, b0, b1, false);
                Put(previous, ((i + 2) * Batch) + r, c0, c1, false);
                Put(previous, ((i + 3) * Batch) + r, d0, d1, false);
            }
        }
    }

    private static Vector512<float> At(float[] values, int at) =>
        Vector512.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(values), (nuint)at);

    private static void Put(float[] to, int at, Vector512<float> values) =>
        values.StoreUnsafe(ref MemoryMarshal.GetArrayDataReference(to), (nuint)at);

    private static void Put(float[] to, int at, Vector512<float> one, Vector512<float> two, bool leaks)
    {
        Vector512<float> leak = Vector512.Create(Network.Leak),
            zero = Vector512<float>.Zero;
        Put(to, at, leaks ? Vector512.ConditionalSelect(Vector512.LessThan(one, zero), one * leak, one) : one);
        Put(to, at + Width, leaks ? Vector512.ConditionalSelect(Vector512.LessThan(two, zero), two * leak, two) : two);
    }

    /// <summary>Sums all elements by repeatedly adding halves.</summary>
    private static float Sum(Vector512<float> v)
    {
        Vector256<float> eight = v.GetLower() + v.GetUpper();
        Vector128<float> four = eight.GetLower() + eight.GetUpper();
        Vector128<float> two = four + Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1));
        return two[0] + two[1];
    }
}
