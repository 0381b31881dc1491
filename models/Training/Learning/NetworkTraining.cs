using Models.Scoring;
using Models.Training.Data;

namespace Models.Training.Learning;

/// <summary>The settings of training networks.</summary>
/// <param name="First">The number of neurons in the first layer.</param>
/// <param name="Second">The number of neurons in the second layer; the third one outputs the score.</param>
/// <param name="Passes">The number of passes over a draw of the rows.</param>
/// <param name="Rate">The maximum learning rate: it rises over the first <see cref="NetworkTraining.Warm"/> steps and
/// then falls along a cosine to 0 (I. Loshchilov, F. Hutter, 2017).</param>
/// <param name="Decay">The share of the rate by which weights decay per step.</param>
/// <param name="Dropout">The share of features dropped from a row, drawn for each row (N. Srivastava et al.,
/// 2014).</param>
/// <param name="Networks">The number of networks, each trained with its own seed, whose mean is the score.</param>
/// <param name="Share">The factor for their mean before it is added to the forest's score.</param>
/// <param name="PacedShare">The share of their training rows that are at another pace (<see
/// cref="Paths.CorpusSettings.PacedShare"/>).</param>
public sealed record NetworkSettings(
    int First = 128,
    int Second = 32,
    double Passes = 60,
    double Rate = 0.002,
    double Decay = 0.02,
    double Dropout = 0.05,
    int Networks = 2,
    double Share = 0.5,
    double PacedShare = 0.5
);

/// <summary>Trains networks on the rows of the forests.</summary>
public static class NetworkTraining
{
    /// <summary>The number of steps until the rate reaches its maximum.</summary>
    public const int Warm = 200;

    /// <summary>The number of rows sampled for middles and scales.</summary>
    private const int Sampled = 8000;

    /// <summary>Trains the networks beside one forest; each contributes an equal part of their mean's share. The same
    /// rows, settings and seed give the same networks.</summary>
    /// <param name="draws">Several draws of the rows: each pass uses the next one.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="seed">The seed of all randomness.</param>
    /// <param name="hidden">The features hidden from the networks: they count as 0, whatever their value.</param>
    public static IReadOnlyList<Network> Train(
        IReadOnlyList<Rows> draws,
        NetworkSettings settings,
        int seed,
        params ReadOnlySpan<int> hidden
    )
    {
        var (middle, scale) = Standard(draws[0]);
        foreach (int feature in hidden)
        {
            scale[feature] = 0;
        }

        float[][][] prepared =
        [
            .. draws.Select(rows =>
                Enumerable.Range(0, rows.Count).Select(i => Prepared(rows[i], middle, scale)).ToArray()
            ),
        ];
        return
        [
            .. Enumerable
                .Range(0, settings.Networks)
                .AsParallel()
                .AsOrdered()
                .Select(k => Train(draws, prepared, middle, scale, settings, Boosting.SeedOf(seed, k))),
        ];
    }

    private static Network Train(
        IReadOnlyList<Rows> draws,
        float[][][] prepared,
        float[] middle,
        float[] scale,
        NetworkSettings settings,
        int seed
    )
    {
        const int Batch = DenseTraining.Batch;
        var random = new Random(seed);
        int[] widths = [middle.Length, settings.First, settings.Second, 1];
        // deviations for leaky units by K. He et al., 2015; the last layer begins near 0
        DenseTraining[] layers =
        [
            .. Enumerable
                .Range(0, 3)
                .Select(l => new DenseTraining(
                    widths[l],
                    widths[l + 1],
                    Math.Sqrt(2 / 1.01 / widths[l]) * (l == 2 ? 0.3 : 1),
                    random
                )),
        ];
        var inputs = new float[DenseTraining.Tiles(middle.Length) * Batch];
        int[][] orders = [.. prepared.Select(rows => Enumerable.Range(0, rows.Length).ToArray())];
        int steps = (int)(settings.Passes * prepared[0].Length / Batch),
            step = 0;
        for (int pass = 0; step < steps; pass++)
        {
            int draw = pass % draws.Count,
                begun = step;
            random.Shuffle(orders[draw]);
            for (int at = 0; at + Batch <= orders[draw].Length && step < steps; at += Batch)
            {
                ReadOnlySpan<int> rows = orders[draw].AsSpan(at, Batch);
                Fill(inputs, prepared[draw], rows, settings.Dropout, random);
                Learn(layers, inputs, draws[draw], rows);
                double rate =
                    settings.Rate * Math.Min(1, (double)step / Warm) * 0.5 * (1 + Math.Cos(Math.PI * step / steps));
                double norm = Math.Sqrt(layers.Sum(l => l.Squares())) / Batch;
                step++;
                foreach (DenseTraining layer in layers)
                {
                    // the gradient of a step is clipped to length 1
                    layer.Step(
                        step,
                        (float)rate,
                        (float)settings.Decay,
                        (float)(Math.Min(1, 1 / (norm + 1e-12)) / Batch)
                    );
                }
            }

            if (step == begun)
            {
                throw new ArgumentException(
                    $"A draw has {orders[draw].Length} rows: a network needs at least {Batch}."
                );
            }
        }

        return new Network(
            middle,
            scale,
            [
                .. layers.Select(
                    (layer, l) => layer.Layer(widths[l], l == 2 ? (float)(settings.Share / settings.Networks) : 1)
                ),
            ]
        );
    }

    private static void Learn(DenseTraining[] layers, float[] inputs, Rows rows, ReadOnlySpan<int> which)
    {
        for (int l = 0; l < layers.Length; l++)
        {
            layers[l].Forward(l == 0 ? inputs : layers[l - 1].Values, leaks: l < layers.Length - 1);
        }

        // the gradient of the logistic loss with respect to the log-odds
        float[] scores = layers[^1].Values,
            slopes = layers[^1].Slopes;
        for (int r = 0; r < which.Length; r++)
        {
            int row = which[r];
            slopes[r] = rows.Weight[row] * ((1 / (1 + MathF.Exp(-scores[r]))) - (rows.Positive[row] ? 1 : 0));
        }

        for (int l = layers.Length - 1; l >= 0; l--)
        {
            layers[l]
                .Backward(
                    l == 0 ? inputs : layers[l - 1].Values,
                    l == 0 ? null : layers[l - 1].Slopes,
                    leaks: l < layers.Length - 1
                );
        }
    }

    private static void Fill(float[] inputs, float[][] prepared, ReadOnlySpan<int> rows, double dropout, Random random)
    {
        // one generator per batch: otherwise random numbers would take as long as learning (G. Marsaglia, "Xorshift
        // RNGs", 2003)
        uint state = (uint)random.Next(1, int.MaxValue),
            dropped = (uint)(dropout * uint.MaxValue);
        float kept = (float)(1 / (1 - dropout));
        for (int r = 0; r < rows.Length; r++)
        {
            float[] row = prepared[rows[r]];
            for (int f = 0; f < row.Length; f++)
            {
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                inputs[(f * DenseTraining.Batch) + r] = state > dropped ? row[f] * kept : 0;
            }
        }
    }

    private static float[] Prepared(float[] row, float[] middle, float[] scale)
    {
        var prepared = new float[row.Length];
        for (int f = 0; f < row.Length; f++)
        {
            prepared[f] = Network.Prepared(row[f], middle[f], scale[f]);
        }

        return prepared;
    }

    /// <summary>Computes the median of each feature, and 2 divided by the distance between its 16th and 84th
    /// percentiles: a scale that outliers don't affect.</summary>
    private static (float[] Middle, float[] Scale) Standard(Rows rows)
    {
        int every = Math.Max(1, rows.Count / Sampled);
        float[] middle = new float[rows.Features],
            scale = new float[rows.Features];
        for (int f = 0; f < rows.Features; f++)
        {
            int column = f;
            float[] values = [.. Enumerable.Range(0, rows.Count / every).Select(i => rows[i * every][column]).Order()];
            float At(double share) => values[(int)(share * (values.Length - 1))];
            float spread = At(0.84) - At(0.16);
            middle[f] = At(0.5);
            // if most values are equal, the standard deviation of all
            scale[f] =
                spread > 1e-6f
                    ? 2 / spread
                    : (float)(1 / (Math.Sqrt(values.Average(v => Math.Pow(v - middle[column], 2))) + 1e-6));
        }

        return (middle, scale);
    }
}
