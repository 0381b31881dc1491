using Engine.Contracts;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.CursorPath;
using Engine.Pipeline.Features;
using Engine.Pipeline.History;
using Engine.Pipeline.Settings;
using Engine.Primitives;
using Models.Scoring;

namespace Engine.Pipeline.Decide;

/// <summary>Scores clicks with the forest in batches. One per lane.</summary>
/// <param name="histories">Labels since a network's own forest was trained; null without labels.</param>
public sealed class Scorer(KeyedHash hash, Histories? histories)
{
    private readonly float[] _columns = new float[ClickFeatures.Count * ClickRow.ChunkRecords];
    private readonly float[] _raw = new float[ClickRow.ChunkRecords];
    private float[] _weights = [],
        _explained = [];
    private OwnColumns? _own;

    /// <summary>Completes the features that come from paths, and scores. Without a model, every score is 0 and rules
    /// alone decide.</summary>
    /// <param name="review">The score from which a verdict says what weighed most.</param>
    /// <param name="scores">The calibrated probability that the click is invalid, for each row.</param>
    public void Score(ReadOnlySpan<ClickRow> rows, ModelInForce? model, double review, Span<float> scores)
    {
        // Plain clicks go to the front, all others to the back.
        Span<byte> order = stackalloc byte[ClickRow.ChunkRecords];
        int plain = 0,
            others = rows.Length;
        for (int i = 0; i < rows.Length; i++)
        {
            Complete(rows[i]);
            order[rows[i].IsPlain() ? plain++ : --others] = (byte)i;
        }
        if (model == null)
        {
            scores[..rows.Length].Clear();
            return;
        }
        if (model.Own != null)
        {
            // Plain clicks are defined by the engine's features; a network's own features differ.
            float[] columns = (_own ??= new OwnColumns()).Fill(rows, model.Own, hash, histories);
            model.Artefact.Ensemble.Score(columns, ClickRow.ChunkRecords, rows.Length, _raw);
            for (int i = 0; i < rows.Length; i++)
            {
                scores[i] = (float)model.Artefact.Probability(_raw[i]);
            }

            Explain(rows, scores, review, model.Artefact, _own);
            return;
        }
        Score(rows, order[..plain], model, model.PlainClicks, scores);
        Score(rows, order[plain..rows.Length], model, model.Artefact.Forest, scores);
        Explain(rows, scores, review, model.Artefact, own: null);
    }

    /// <summary>Finds what weighed most in the scores from <paramref name="review"/> on.</summary>
    /// <param name="own">The columns of a network's own forest; null for the engine's features.</param>
    private void Explain(
        ReadOnlySpan<ClickRow> rows,
        ReadOnlySpan<float> scores,
        double review,
        Artefact artefact,
        OwnColumns? own
    )
    {
        Forest forest = artefact.Forest;
        Span<byte> flagged = stackalloc byte[ClickRow.ChunkRecords];
        int count = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            if (scores[i] >= review)
            {
                flagged[count++] = (byte)i;
            }
        }

        if (count == 0)
        {
            return;
        }

        if (_weights.Length < forest.Features * ClickRow.ChunkRecords)
        {
            _weights = new float[forest.Features * ClickRow.ChunkRecords];
            _explained = new float[forest.Features * ClickRow.ChunkRecords];
        }

        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<float> features = own == null ? rows[flagged[i]].Features : own.Row(flagged[i]);
            foreach (int feature in forest.Asked)
            {
                _explained[feature * ClickRow.ChunkRecords + i] = features[feature];
            }
        }

        forest.Contributions(_explained, ClickRow.ChunkRecords, count, _weights);
        Span<int> heaviest = stackalloc int[3];
        for (int i = 0; i < count; i++)
        {
            heaviest.Fill(-1);
            HeaviestFeatures.Of(_weights.AsSpan(i * forest.Features, forest.Features), heaviest, raising: true);
            rows[flagged[i]].ModelEvidence = new WeighedFeatures(
                Weighed(artefact, i, heaviest[0]),
                Weighed(artefact, i, heaviest[1]),
                Weighed(artefact, i, heaviest[2])
            );
        }
    }

    /// <summary>A feature of the one of the explained clicks with this number.</summary>
    private WeighedFeature Weighed(Artefact artefact, int number, int column) =>
        column < 0
            ? default
            : new WeighedFeature(
                artefact.Features[column].Name,
                _explained[column * ClickRow.ChunkRecords + number],
                artefact.Features[column].P05,
                artefact.Features[column].P95
            );

    private static void Complete(ClickRow row)
    {
        row[ClickFeature.PathState] = row.Path switch
        {
            PathState.Present => 2,
            PathState.Missing => 1,
            _ => 0,
        };
        row[ClickFeature.PathProbability] = row.PathProbability;
        row[ClickFeature.PathPoints] = row.PathCount;
        row[ClickFeature.PathDegenerate] = row.Degenerate != Degeneracy.Sound ? 1 : 0;
        row[ClickFeature.PathReplayed] = row.Replay.Click != null ? 1 : 0;
        if (row.Path != PathState.Present)
        {
            row[ClickFeature.DegenerateVisitor3600] = row[ClickFeature.DegenerateNetwork3600] = 0;
        }

        if (row.VisitorSeries.Paths == 0)
        {
            row[ClickFeature.SeriesVisitor] = row[ClickFeature.SeriesNetwork] = ClickFeatures.Unknown;
            row[ClickFeature.SeriesPublisher] = row[ClickFeature.SeriesCampaign] = ClickFeatures.Unknown;
        }
    }

    private void Score(
        ReadOnlySpan<ClickRow> rows,
        ReadOnlySpan<byte> which,
        ModelInForce model,
        Forest forest,
        Span<float> scores
    )
    {
        if (which.IsEmpty)
        {
            return;
        }

        int[] used = forest.Asked;
        for (int i = 0; i < which.Length; i++)
        {
            float[] features = rows[which[i]].Features;
            foreach (int feature in used)
            {
                _columns[feature * ClickRow.ChunkRecords + i] = features[feature];
            }
        }
        forest.Score(_columns, ClickRow.ChunkRecords, which.Length, _raw);
        for (int i = 0; i < which.Length; i++)
        {
            scores[which[i]] = (float)model.Artefact.Probability(_raw[i]);
        }
    }

    /// <summary>The columns of a network's own forest, which uses only the click's fields.</summary>
    private sealed class OwnColumns
    {
        private readonly float[] _columns = new float[FieldHistories.FeatureNames.Length * ClickRow.ChunkRecords];
        private readonly float[] _row = new float[FieldHistories.FeatureNames.Length];
        private readonly ClickFields _fields = new();

        /// <summary>Gets the values of one row of the last batch; valid until the next call.</summary>
        public ReadOnlySpan<float> Row(int row)
        {
            for (int f = 0; f < _row.Length; f++)
            {
                _row[f] = _columns[f * ClickRow.ChunkRecords + row];
            }

            return _row;
        }

        public float[] Fill(ReadOnlySpan<ClickRow> rows, FieldHistories own, KeyedHash hash, Histories? histories)
        {
            for (int i = 0; i < rows.Length; i++)
            {
                _fields.Fill(rows[i].Event, rows[i].Time);
                own.Fill(_fields, hash, histories, Histories.MinuteOf(rows[i].LogTime), _row);
                for (int f = 0; f < _row.Length; f++)
                {
                    _columns[f * ClickRow.ChunkRecords + i] = _row[f];
                }
            }
            return _columns;
        }
    }
}
