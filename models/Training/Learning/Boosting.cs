using Microsoft.ML;
using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers.FastTree;
using Microsoft.ML.Trainers.LightGbm;
using Models.Scoring;
using Models.Training.Data;

namespace Models.Training.Learning;

/// <summary>The settings of boosting a forest.</summary>
/// <param name="Trees">The number of boosting rounds.</param>
/// <param name="Leaves">The maximum number of leaves of a tree.</param>
/// <param name="Rate">The learning rate.</param>
/// <param name="MinRows">The minimum number of rows in a leaf.</param>
/// <param name="FeatureShare">The share of features that a tree may use, drawn for each tree.</param>
/// <param name="RowShare">The share of rows that a tree sees, drawn for each tree.</param>
/// <param name="L2">The L2 penalty on leaves.</param>
/// <param name="Bins">The number of thresholds tried per feature, at most 255.</param>
/// <param name="Forests">The number of forests, each boosted with its own seed, whose mean is the result.</param>
public sealed record BoostingSettings(
    int Trees = 300,
    int Leaves = 24,
    double Rate = 0.08,
    int MinRows = 40,
    double FeatureShare = 0.5,
    double RowShare = 0.8,
    double L2 = 5,
    int Bins = 255,
    int Forests = 1
);

/// <summary>Boosts a forest with ML.NET's LightGBM and converts it.</summary>
public static class Boosting
{
    /// <summary>The difference between the seeds of a mean's forests.</summary>
    private const int SeedStep = 1000;

    /// <summary>Trains on rows. The same rows, settings and seed give the same forest.</summary>
    public static Forest Train(Rows rows, BoostingSettings settings, int seed) => Train([rows], settings, seed);

    /// <summary>Trains on several draws of rows: each of the mean's forests uses the next draw.</summary>
    public static Forest Train(IReadOnlyList<Rows> draws, BoostingSettings settings, int seed) =>
        Mean([
            .. Enumerable
                .Range(0, settings.Forests)
                .Select(k =>
                    FromMicrosoft(
                        TrainModel(draws[k % draws.Count], settings, SeedOf(seed, k)).Model,
                        draws[k % draws.Count]
                    )
                ),
        ]);

    /// <summary>Gets the seed of one forest of a mean.</summary>
    /// <param name="seed">The seed of the mean.</param>
    /// <param name="forest">The index of the forest, from 0; forest 0 has the mean's seed.</param>
    public static int SeedOf(int seed, int forest) => seed + (forest * SeedStep);

    /// <summary>Creates one forest whose score is the mean of several (L. Breiman, "Bagging predictors", 1996): a
    /// pattern that only one of them found counts little, which matters most on data unlike the training
    /// data.</summary>
    /// <param name="forests">The forests, at least one, over the same features.</param>
    public static Forest Mean(IReadOnlyList<Forest> forests)
    {
        float[] Part(float[] values) => [.. values.Select(v => v / forests.Count)];
        return new Forest(
            [
                .. forests
                    .SelectMany(f => f.Trees)
                    .Select(t => t with { NodeValue = Part(t.NodeValue), LeafValue = Part(t.LeafValue) }),
            ],
            forests[0].Features,
            (float)forests.Average(f => (double)f.Bias)
        );
    }

    /// <summary>Trains ML.NET's own model and its predictor.</summary>
    public static (LightGbmBinaryModelParameters Model, ITransformer Predictor) TrainModel(
        Rows rows,
        BoostingSettings settings,
        int seed
    )
    {
        var ml = new MLContext(seed);
        IDataView data = View(ml, rows);
        var options = new LightGbmBinaryTrainer.Options
        {
            LabelColumnName = nameof(Row.Label),
            FeatureColumnName = nameof(Row.Features),
            ExampleWeightColumnName = nameof(Row.Weight),
            NumberOfIterations = settings.Trees,
            NumberOfLeaves = settings.Leaves,
            LearningRate = settings.Rate,
            MinimumExampleCountPerLeaf = settings.MinRows,
            MaximumBinCountPerFeature = settings.Bins,
            Sigmoid = 1,
            HandleMissingValue = false,
            UseCategoricalSplit = false,
            Deterministic = true,
            NumberOfThreads = 2,
            Seed = seed,
            Verbose = false,
            Booster = new GradientBooster.Options
            {
                FeatureFraction = settings.FeatureShare,
                SubsampleFraction = settings.RowShare,
                SubsampleFrequency = 1,
                L2Regularization = settings.L2,
            },
        };
        ITransformer model = ml.BinaryClassification.Trainers.LightGbm(options).Fit(data);
        var calibrated = (
            (ISingleFeaturePredictionTransformer<
                CalibratedModelParametersBase<LightGbmBinaryModelParameters, PlattCalibrator>
            >)
                model
        ).Model;
        return ((LightGbmBinaryModelParameters)calibrated.SubModel, model);
    }

    /// <summary>Gets the log-odds that ML.NET itself predicts.</summary>
    public static float[] Predict(ITransformer predictor, Rows rows) =>
        [.. predictor.Transform(View(new MLContext(0), rows)).GetColumn<float>("Score")];

    /// <summary>Converts ML.NET's trees. Expected values at nodes are weighted by the number of training rows that
    /// reach each leaf.</summary>
    public static Forest FromMicrosoft(LightGbmBinaryModelParameters model, Rows rows)
    {
        var ensemble = model.TrainedTreeEnsemble;
        var trees = new List<Tree>();
        for (int t = 0; t < ensemble.Trees.Count; t++)
        {
            RegressionTree from = ensemble.Trees[t];
            double weight = ensemble.TreeWeights[t];
            var tree = new Tree(
                [.. from.NumericalSplitFeatureIndexes.Select(f => (ushort)f)],
                [.. from.NumericalSplitThresholds],
                [.. from.LeftChild.Select(c => (short)c)],
                [.. from.RightChild.Select(c => (short)c)],
                new float[from.NumberOfNodes],
                [.. from.LeafValues.Select(v => (float)(v * weight))]
            );
            FillNodeValues(tree, rows);
            trees.Add(tree);
        }

        return new Forest(trees, rows.Features, (float)ensemble.Bias);
    }

    private static void FillNodeValues(Tree tree, Rows rows)
    {
        // a little more than zero, so that a leaf that no row reaches has a weight too
        var reach = new double[tree.Leaves];
        Array.Fill(reach, 1e-3);
        int step = Math.Max(1, rows.Count / 5000);
        for (int i = 0; i < rows.Count; i += step)
        {
            reach[tree.LeafOf(rows[i])]++;
        }

        if (tree.Nodes > 0)
        {
            Fill(0);
        }

        (double Value, double Reach) Fill(int node)
        {
            if (node < 0)
            {
                return (tree.LeafValue[~node], reach[~node]);
            }

            var (left, l) = Fill(tree.Left[node]);
            var (right, r) = Fill(tree.Right[node]);
            double value = ((left * l) + (right * r)) / (l + r);
            tree.NodeValue[node] = (float)value;
            return (value, l + r);
        }
    }

    private static IDataView View(MLContext ml, Rows rows)
    {
        SchemaDefinition schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows.Features);
        return ml.Data.LoadFromEnumerable(
            Enumerable
                .Range(0, rows.Count)
                .Select(i => new Row
                {
                    Label = rows.Positive[i],
                    Weight = rows.Weight[i],
                    Features = rows[i],
                }),
            schema
        );
    }

    private sealed class Row
    {
        public bool Label { get; set; }

        public float Weight { get; set; }

        public float[] Features { get; set; } = [];
    }
}
