using Models.Training.Paths;

namespace Models.Training.Learning;

/// <summary>
/// Programs' training rows with some of their features taken from a person, drawn anew for each row: the features by which the families
/// trained on give themselves away are then missing now and then, so that a forest must know them by others too, and an unseen generator,
/// which lacks some of them, is found by what is left. It is dropout of inputs (N. Srivastava et al., 2014), of one class, with people's
/// values in place of zeros.
/// </summary>
/// <param name="RowShare">Of programs' rows, those that take features from a person.</param>
/// <param name="FeatureShare">Of such a row's features, those that it takes, each drawn on its own; all from one person's row.</param>
public sealed record Disguise(double RowShare, double FeatureShare)
{
    /// <summary>The rows, people's as they are; the same rows and seed give the same.</summary>
    public Rows Of(Rows rows, int seed)
    {
        int[] people = [.. Enumerable.Range(0, rows.Count).Where(i => !rows.Positive[i])];
        var random = new Random(seed);
        var disguised = new Rows(rows.Features);
        for (int i = 0; i < rows.Count; i++)
        {
            bool takes = rows.Positive[i] && people.Length > 0 && random.Is(RowShare);
            disguised.Add(takes ? Taken(rows[i], rows[random.Of(people)], random) : rows[i], rows.Positive[i], rows.Weight[i], rows.Kind[i], rows.Group[i]);
        }

        return disguised;
    }

    private float[] Taken(float[] own, float[] person, Random random) => [.. own.Select((value, f) => random.Is(FeatureShare) ? person[f] : value)];
}
