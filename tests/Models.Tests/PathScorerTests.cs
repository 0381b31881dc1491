using Engine.Pipeline.CursorPath;
using Engine.Pipeline.CursorPath.Geometry;
using Models.Scoring;
using Models.Training.Data;
using Xunit;

namespace Models.Tests;

public class PathScorerTests
{
    private static readonly Artefact Shipped = Artefact.Load(
        Path.Combine(AppContext.BaseDirectory, "Artifacts", "cursor.artefact")
    );

    [Fact]
    public void The_shipped_artefact_fits_and_stays_under_its_size()
    {
        Shipped.RequireFeatures(PathFeatures.Names);
        Assert.Equal(ArtefactHeader.Cursor, Shipped.Kind);
        Assert.True(
            new FileInfo(Path.Combine(AppContext.BaseDirectory, "Artifacts", "cursor.artefact")).Length < 3_000_000
        );
        Assert.DoesNotContain(Shipped.Header.Sources, s => s.Name is "balabit" or "bdc2017");
    }

    [Fact]
    public void A_bent_formula_is_a_program_and_says_why()
    {
        var scorer = new PathScorer(Shipped);
        var (t, x, y) = Bezier();
        PathScore score = scorer.Score(t, x, y);
        var reasons = new PathReason[3];
        Assert.True(score is { Assessed: true, Program: true }, $"{score}");
        Assert.Equal(3, scorer.Reasons(reasons, program: true));
        Assert.All(reasons, r => Assert.True(r.Weight > 0 && r.UsualLow <= r.UsualHigh));
        Assert.True(reasons[0].Weight >= reasons[1].Weight && reasons[1].Weight >= reasons[2].Weight);
    }

    [Fact]
    public void A_batch_scores_as_each_path_does_alone()
    {
        var scorer = new PathScorer(Shipped, 40);
        var random = new Random(3);
        var alone = new PathScore[40];
        var together = new PathScore[40];
        PathReason[][] reasonsAlone = [.. alone.Select(_ => new PathReason[3])];
        var scratch = new PathScratch();
        for (int i = 0; i < 40; i++)
        {
            int n = random.Next(1, 120);
            float[] t = [.. Enumerable.Range(0, n).Select(k => k * 11f)],
                x = [.. t.Select(_ => (float)random.Next(900))],
                y = [.. t.Select(_ => (float)random.Next(900))];
            alone[i] = scorer.Score(t, x, y);
            scorer.Reasons(reasonsAlone[i], program: true);
            PathCleaning.Clean(t, x, y, scratch);
            scorer.Prepare(i, x, y, scratch);
        }

        scorer.ScoreBatch(40, together);
        Assert.Equal(alone, together);
        var reasons = new PathReason[3];
        for (int i = 0; i < 40; i++)
        {
            Array.Clear(reasons);
            scorer.Reasons(i, reasons, program: true);
            Assert.Equal(reasonsAlone[i], reasons);
        }
    }

    [Fact]
    public void Scoring_and_reasons_allocate_nothing()
    {
        var scorer = new PathScorer(Shipped);
        var (t, x, y) = Bezier();
        var reasons = new PathReason[3];
        scorer.Score(t, x, y);
        scorer.Reasons(reasons, true);
        long before = GC.GetAllocatedBytesForCurrentThread();
        scorer.Score(t, x, y);
        scorer.Reasons(reasons, true);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void People_never_trained_on_are_seldom_called_programs()
    {
        var scorer = new PathScorer(Shipped);
        foreach (var (source, most) in (ReadOnlySpan<(string, double)>)[("balabit", 0.005), ("bdc2017", 0.015)])
        {
            PathRecord[] people = [.. SharedData.Paths(source, 6000).Where(p => !p.Program)];
            double called = people.Average(p => scorer.Score(p.T, p.X, p.Y).Program ? 1 : 0.0);
            Assert.True(called <= most, $"{source}: {called:P2} called programs");
        }
    }

    private static (float[] T, float[] X, float[] Y) Bezier()
    {
        float[] t = [.. Enumerable.Range(0, 90).Select(i => i * 9f)];
        float[] u = [.. t.Select(v => v / t[^1])];
        return (t, [.. u.Select(v => MathF.Round(900 * v))], [.. u.Select(v => MathF.Round(700 * v * (1 - v)))]);
    }
}
