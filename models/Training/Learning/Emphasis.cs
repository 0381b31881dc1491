using Models.Scoring;

namespace Models.Training.Learning;

/// <summary>
/// People who are most like programs weigh more in training: they alone push the cut-off out, and with it whatever lies little beyond them.
/// Who they are is told by a first forest, of the first draw, in folds: each person is scored by one that didn't see them. It is hard-example
/// mining (A. Shrivastava et al., 2016), once.
/// </summary>
/// <param name="Share">Of a draw's people's rows, those of the highest scores.</param>
/// <param name="Weight">Of such a row; others weigh 1.</param>
public sealed record Emphasis(double Share, double Weight)
{
    /// <summary>Sets the weights of draws' people.</summary>
    /// <param name="draws">Rows, each draw of the same people.</param>
    /// <param name="foldOf">Which fold a draw's row is left out in.</param>
    /// <param name="folds">Folds.</param>
    /// <param name="boosting">Of one forest.</param>
    /// <param name="seed">The forests'.</param>
    public void Weigh(IReadOnlyList<Rows> draws, Func<Rows, int, int> foldOf, int folds, BoostingSettings boosting, int seed)
    {
        var scores = draws.Select(rows => new float[rows.Count]).ToArray();
        for (int fold = 0; fold < folds; fold++)
        {
            Forest first = Boosting.Train(draws[0].Where(i => foldOf(draws[0], i) != fold), boosting with { Forests = 1 }, seed);
            for (int d = 0; d < draws.Count; d++)
            {
                foreach (int i in People(draws[d]).Where(i => foldOf(draws[d], i) == fold))
                {
                    scores[d][i] = first.Score(draws[d][i]);
                }
            }
        }

        for (int d = 0; d < draws.Count; d++)
        {
            foreach (int i in People(draws[d]).OrderByDescending(i => scores[d][i]).Take((int)(Share * People(draws[d]).Count())))
            {
                draws[d].Weight[i] = (float)Weight;
            }
        }
    }

    private static IEnumerable<int> People(Rows rows) => Enumerable.Range(0, rows.Count).Where(i => !rows.Positive[i]);
}
