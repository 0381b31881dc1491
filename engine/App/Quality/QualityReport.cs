using Engine.Client;
using Engine.Primitives;

namespace Engine.App.Quality;

/// <summary>A group of labelled clicks: which share of them is invalid, and which share of all invalid clicks they
/// are.</summary>
/// <param name="Name">A class, a reason or a model version.</param>
/// <param name="Clicks">The labelled clicks in the group.</param>
/// <param name="Invalid">The clicks of the group that labels call invalid.</param>
/// <param name="Precision">Invalid over clicks; null if there are no clicks.</param>
/// <param name="Low">The lower bound of the precision's Wilson interval at 95 %.</param>
/// <param name="High">The upper bound of that interval.</param>
/// <param name="Recall">Invalid over all invalid labelled clicks; null if there are none.</param>
/// <param name="MeanScore">The mean score of the group; compare it with <paramref name="Precision"/> to see how well
/// the score is calibrated.</param>
public sealed record QualityRow(
    string Name,
    long Clicks,
    long Invalid,
    double? Precision,
    double? Low,
    double? High,
    double? Recall,
    double? MeanScore
);

/// <summary>The clicks whose score lies in one tenth of 0 to 1.</summary>
/// <param name="From">The lower bound of the tenth; the upper bound is 0.1 above.</param>
/// <param name="MeanScore">The mean score that the model gives them.</param>
/// <param name="InvalidShare">The share of them that labels call invalid.</param>
public sealed record CalibrationBin(double From, long Clicks, double MeanScore, double InvalidShare);

/// <summary>The quality of one model version on the labelled clicks that it decided.</summary>
/// <param name="Called">The clicks called invalid (<c>givt</c>, <c>sivt</c> or <c>suspect</c>), with their recall among
/// this model's own clicks.</param>
/// <param name="Clicks">The labelled clicks that it decided.</param>
/// <param name="CalibrationError">Expected calibration error: the mean over tenths, by clicks, of |mean score − invalid
/// share|.</param>
public sealed record ModelQuality(
    string Model,
    QualityRow Called,
    long Clicks,
    long Invalid,
    double? CalibrationError,
    IReadOnlyList<CalibrationBin> Calibration
);

/// <summary>Precision, recall and calibration of verdicts, measured by later labels. Rows are ordered by name. A click
/// may count for many reasons.</summary>
public sealed record QualityReport
{
    private const int Bins = 10;

    private static readonly string[] ClassNames = ["givt", "sivt", "suspect", "valid"];

    /// <summary>The labels read, the clicks that they refer to, and those clicks that are undecided.</summary>
    public required long Labels { get; init; }
    public required long LabelledClicks { get; init; }
    public required long Undecided { get; init; }

    /// <summary>The records of <c>labels</c> that aren't labels.</summary>
    public required long Unusable { get; init; }

    /// <summary>The labelled clicks without a verdict: never sent, not decided yet, or expired.</summary>
    public required long WithoutVerdict { get; init; }

    /// <summary>The labelled clicks with a verdict; everything below is about them.</summary>
    public required long Compared { get; init; }
    public required long Invalid { get; init; }

    public required QualityRow Called { get; init; }
    public required IReadOnlyList<QualityRow> Classes { get; init; }
    public required IReadOnlyList<QualityRow> Reasons { get; init; }
    public required IReadOnlyList<ModelQuality> Models { get; init; }

    /// <param name="labels">The labels.</param>
    /// <param name="verdicts">The verdicts, by click.</param>
    public static QualityReport Of(LabelBook labels, IReadOnlyDictionary<string, Verdict> verdicts)
    {
        (string Click, bool Invalid)[] decided = [.. labels.Decided()];
        Compared[] all =
        [
            .. decided
                .Where(click => verdicts.ContainsKey(click.Click))
                .Select(click => new Compared(verdicts[click.Click], click.Invalid)),
        ];
        return new QualityReport
        {
            Labels = labels.Labels,
            LabelledClicks = labels.Clicks,
            Undecided = labels.Clicks - decided.Length,
            Unusable = labels.Unusable,
            WithoutVerdict = decided.Length - all.Length,
            Compared = all.Length,
            Invalid = all.Count(click => click.Invalid),
            Called = CalledIn(all),
            Classes = [.. ClassNames.Select(name => Row(name, all, click => click.Verdict.Class == name))],
            Reasons =
            [
                .. all.SelectMany(click => click.Verdict.Reasons)
                    .Distinct()
                    .Order(StringComparer.Ordinal)
                    .Select(name => Row(name, all, click => click.Verdict.Reasons.Contains(name))),
            ],
            Models =
            [
                .. all.GroupBy(click => click.Verdict.Model)
                    .OrderBy(model => model.Key, StringComparer.Ordinal)
                    .Select(model => Model(model.Key, [.. model])),
            ],
        };
    }

    private static QualityRow CalledIn(Compared[] all) =>
        Row("called invalid", all, click => click.Verdict.Class is "givt" or "sivt" or "suspect");

    private static QualityRow Row(string name, Compared[] all, Func<Compared, bool> isIn)
    {
        Compared[] within = [.. all.Where(isIn)];
        long invalid = within.Count(click => click.Invalid),
            allInvalid = all.Count(click => click.Invalid);
        (double Low, double High)? interval = within.Length > 0 ? WilsonInterval.Of(invalid, within.Length) : null;
        return new QualityRow(
            name,
            within.Length,
            invalid,
            within.Length > 0 ? invalid / (double)within.Length : null,
            interval?.Low,
            interval?.High,
            allInvalid > 0 ? invalid / (double)allInvalid : null,
            within.Length > 0 ? within.Average(click => click.Verdict.Score) : null
        );
    }

    private static ModelQuality Model(string model, Compared[] clicks)
    {
        CalibrationBin[] bins =
        [
            .. clicks
                .GroupBy(click => Math.Min(Bins - 1, (int)(click.Verdict.Score * Bins)))
                .OrderBy(bin => bin.Key)
                .Select(bin => new CalibrationBin(
                    bin.Key / (double)Bins,
                    bin.Count(),
                    bin.Average(click => click.Verdict.Score),
                    bin.Count(click => click.Invalid) / (double)bin.Count()
                )),
        ];
        double error = bins.Sum(bin => bin.Clicks * Math.Abs(bin.MeanScore - bin.InvalidShare)) / clicks.Length;
        return new ModelQuality(
            model,
            CalledIn(clicks),
            clicks.Length,
            clicks.Count(click => click.Invalid),
            error,
            bins
        );
    }
}

/// <summary>A labelled click with its verdict.</summary>
internal sealed record Compared(Verdict Verdict, bool Invalid);
