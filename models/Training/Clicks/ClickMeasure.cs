using System.Text;
using Models.Training.Learning;
using static Models.Training.Learning.Report;

namespace Models.Training.Clicks;

/// <summary>Measures the quality of `train-clicks` on later clicks, and on publishers left out of training.</summary>
/// <param name="seed">The seed of all randomness.</param>
/// <param name="progress">Receives a message for each step.</param>
public sealed class ClickMeasure(int seed, Action<string> progress)
{
    /// <summary>The number of parts, of roughly equal clicks, into which publishers are divided.</summary>
    private const int Parts = 5;

    private readonly ClickRecipe _recipe = new(seed, progress);

    /// <summary>Measures both and formats them as Markdown.</summary>
    public string Write((ClickRecord Click, bool Bad)[] clicks)
    {
        var text = new StringBuilder($"# Clicks with labels: {clicks.Length}, {clicks.Count(c => c.Bad)} invalid\n\n");
        text.AppendLine("| left out | AUC | recall at 1 % false positives | at 5 % | clicks |")
            .AppendLine("| --- | ---: | ---: | ---: | ---: |");
        ByTime(text, clicks);
        ByPublisher(text, clicks);
        return text.ToString();
    }

    /// <summary>Trains on the first two thirds in time; settings are chosen on them alone.</summary>
    private void ByTime(StringBuilder text, (ClickRecord Click, bool Bad)[] clicks)
    {
        (ClickRecord Click, bool Bad)[] inTime = [.. clicks.OrderBy(c => c.Click.Time)];
        var (first, last) = (inTime[..(inTime.Length * 2 / 3)], inTime[(inTime.Length * 2 / 3)..]);
        Row(
            text,
            "the last third in time",
            _recipe.Score(first, _recipe.Choose(first), last.Select(c => c.Click)),
            last
        );
    }

    /// <summary>Leaves out one part of the publishers after another. Settings are chosen once, without the first part,
    /// because that takes ten times as long as training a forest.</summary>
    private void ByPublisher(StringBuilder text, (ClickRecord Click, bool Bad)[] clicks)
    {
        Dictionary<string, int> parts = PublisherParts.Of(clicks, Parts);
        ClickSettings? settings = null;
        List<float> raw = [];
        List<(ClickRecord Click, bool Bad)> left = [];
        for (int part = 0; part < Parts; part++)
        {
            (ClickRecord Click, bool Bad)[] others =
                [.. clicks.Where(c => parts[PublisherParts.Publisher(c.Click)] != part)],
                own = [.. clicks.Where(c => parts[PublisherParts.Publisher(c.Click)] == part)];
            settings ??= _recipe.Choose(others);
            float[] scores = _recipe.Score(others, settings, own.Select(c => c.Click));
            Row(text, $"publishers, part {part + 1} of {Parts}", scores, own);
            raw.AddRange(scores);
            left.AddRange(own);
            progress($"publishers, part {part + 1} of {Parts}");
        }

        Row(text, "publishers, all parts together", raw, left);
    }

    private static void Row(
        StringBuilder text,
        string name,
        IReadOnlyList<float> raw,
        IReadOnlyList<(ClickRecord Click, bool Bad)> clicks
    )
    {
        double[] good = [.. raw.Where((_, i) => !clicks[i].Bad)],
            bad = [.. raw.Where((_, i) => clicks[i].Bad)];
        text.AppendLine(
            F(
                $"| {name} | {Curves.Auc(good, bad):F4} | {Share(Curves.Recall(good, bad, 0.01), bad.Length)} | "
                    + $"{Share(Curves.Recall(good, bad, 0.05), bad.Length)} | {raw.Count} |"
            )
        );
    }
}
