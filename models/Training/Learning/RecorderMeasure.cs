using System.Text;
using Engine.Pipeline.CursorPath;
using Models.Scoring;
using Models.Training.Data;
using Models.Training.Paths;
using static Models.Training.Learning.Report;

namespace Models.Training.Learning;

/// <summary>Measures the recipe on a recorder that it didn't train on, and on a known one without recorder-dependent
/// features.</summary>
/// <param name="settings">The settings of the recipe.</param>
/// <param name="seed">The seed of all randomness.</param>
/// <param name="progress">Receives a message for each step.</param>
public sealed class RecorderMeasure(CursorSettings settings, int seed, Action<string> progress)
{
    /// <summary>The number of parts of the recordings, left out one at a time.</summary>
    private const int Parts = 3;

    /// <summary>A source with fewer paths of people isn't left out: nothing would change.</summary>
    private const int FewPaths = 100;

    /// <summary>The first column of the groups that depend on the recorder. Those before it hardly do: shape, speed,
    /// texture.</summary>
    private const int RecorderFree = (int)PathFeature.AxisShare;

    /// <summary>Writes a row for each trainable source of people: trains without the source and measures on its
    /// people's and programs' paths.</summary>
    public void WriteLeftOut(StringBuilder text, PathRecord[] train)
    {
        text.AppendLine("## Recorders left out")
            .AppendLine()
            .AppendLine(
                "The recipe without all of a source, its cut-off made without it too; the source's paths as recorded.\n"
            );
        text.AppendLine(
                "| source left out | people called programs | people | AUC of its programs | found at the cut-off | "
                    + "programs |"
            )
            .AppendLine("| --- | ---: | ---: | ---: | ---: | ---: |");
        foreach (
            string source in train
                .Where(p => !p.Program)
                .CountBy(p => p.Source)
                .Where(s => s.Value >= FewPaths)
                .Select(s => s.Key)
        )
        {
            progress($"without {source}");
            CursorResult result = new CursorRecipe(settings, seed, progress).Make(
                [.. train.Where(p => p.Source != source)],
                _ => true
            );
            LeftOut[] scores =
            [
                .. CursorRecipe.Score(
                    result.Artefact.Ensemble,
                    Corpus.AsRecorded([.. train.Where(p => p.Source == source)]),
                    _ => true
                ),
            ];
            double[] people = Raw(scores.Where(s => !s.Program)),
                programs = Raw(scores.Where(s => s.Program));
            string found =
                programs.Length == 0
                    ? "| | 0"
                    : F(
                        $"{Curves.Auc(people, programs):F4} | "
                            + $"{Share(Curves.Over(programs, result.CutRaw), programs.Length)} | {programs.Length}"
                    );
            text.AppendLine(
                F(
                    $"| {source} | {Share(Curves.Over(people, result.CutRaw), people.Length)} | {people.Length} | "
                        + $"{found} |"
                )
            );
        }

        text.AppendLine();
    }

    /// <summary>Writes how well a source's people and programs are distinguished when a part of its recordings is left
    /// out at a time, with recorder-free features only: trained on all other paths, and on the source's own
    /// alone.</summary>
    public void WriteByRecording(StringBuilder text, PathRecord[] train, string source)
    {
        // adversaries are generated from other sources' paths, so that none contains a left-out path
        var material = new People(train.Where(p => !p.Program && p.Source != source));
        Rows[] Draw(CursorSettings by) =>
            [
                .. CursorRecipe
                    .Draw(by, seed, [.. train.Where(p => !p.Program)], [.. train.Where(p => p.Program)], material, _ =>
                        true
                    )
                    .Select(r => r.First(RecorderFree)),
            ];
        Rows[] draws = Draw(settings),
            paced = Draw(settings.Paced);
        Rows recorded = Corpus.AsRecorded([.. train.Where(p => p.Source == source)]).First(RecorderFree);

        Dictionary<string, int> parts = recorded
            .Group.Distinct()
            .Order(StringComparer.Ordinal)
            .Index()
            .ToDictionary(g => g.Item, g => g.Index % Parts);
        var (withAll, alone) = (new List<LeftOut>(), new List<LeftOut>());
        for (int part = 0; part < Parts; part++)
        {
            bool Out(string group) => parts.GetValueOrDefault(group, -1) == part;
            Rows[] In(Rows[] of, Func<string, bool> also) =>
                [.. of.Select(rows => rows.Where(i => !Out(rows.Group[i]) && also(rows.Group[i])))];
            Ensemble Train(Func<string, bool> also) =>
                CursorRecipe.Train(In(draws, also), In(paced, also), settings, seed);
            withAll.AddRange(CursorRecipe.Score(Train(_ => true), recorded, i => Out(recorded.Group[i])));
            alone.AddRange(CursorRecipe.Score(Train(parts.ContainsKey), recorded, i => Out(recorded.Group[i])));
            progress($"{source} by recording, part {part + 1} of {Parts}");
        }

        text.AppendLine($"## {source} by recording").AppendLine();
        text.AppendLine(
            F(
                $"A third of its recordings left out at a time, the {RecorderFree} features of shape, speed and "
                    + $"texture only; {withAll.Count(s => !s.Program)} people's paths.\n"
            )
        );
        text.AppendLine("| programs | AUC | recall at 1 % | AUC, trained on it alone | recall at 1 % | paths |")
            .AppendLine("| --- | ---: | ---: | ---: | ---: | ---: |");
        foreach (string family in withAll.Where(s => s.Program).Select(s => s.Kind).Distinct().Append("all"))
        {
            text.Append($"| {family} | ");
            foreach (List<LeftOut> scores in (List<LeftOut>[])[withAll, alone])
            {
                double[] people = Raw(scores.Where(s => !s.Program)),
                    programs = Raw(scores.Where(s => s.Program && (family == "all" || s.Kind == family)));
                text.Append(
                    F(
                        $"{Curves.Auc(people, programs):F4} | "
                            + $"{Share(Curves.Recall(people, programs, 0.01), programs.Length)} | "
                    )
                );
            }

            text.AppendLine(F($"{withAll.Count(s => s.Program && (family == "all" || s.Kind == family))} |"));
        }

        text.AppendLine();
    }
}
