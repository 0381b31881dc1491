using Engine.Pipeline.CursorPath;
using Engine.Pipeline.CursorPath.Geometry;
using Models.Training.Data;
using Xunit;

namespace Models.Tests;

public class DegeneratePathTests
{
    private readonly PathScratch _scratch = new();

    [Fact]
    public void No_vector_before_a_mouse_click_is_none_and_before_a_tap_nothing()
    {
        Assert.Equal(Degeneracy.None, DegeneratePath.Classify([0], [5], [5], true, _scratch));
        Assert.Equal(Degeneracy.None, DegeneratePath.Classify([0, 40, 90], [5, 5, 5], [5, 5, 5], true, _scratch));
        Assert.Equal(Degeneracy.Sound, DegeneratePath.Classify([0], [5], [5], false, _scratch));
        Assert.Equal(Degeneracy.Sound, DegeneratePath.Classify([0, 9], [5, 6], [5, 5], true, _scratch));
    }

    [Fact]
    public void A_rounded_line_is_straight_and_one_point_two_pixels_off_makes_it_sound()
    {
        float[] t = [.. Enumerable.Range(0, 30).Select(i => (i * 11f) + (i % 3))],
            x = [.. t.Select(v => MathF.Round(v * 0.9f))],
            y = [.. t.Select(v => MathF.Round(v * 0.37f))];
        Assert.Equal(Degeneracy.Straight, DegeneratePath.Classify(t, x, y, true, _scratch));
        y[14] += 2;
        Assert.Equal(Degeneracy.Sound, DegeneratePath.Classify(t, x, y, true, _scratch));
    }

    [Fact]
    public void A_slider_holds_a_hand_on_its_axis_and_short_lines_say_nothing()
    {
        float[] t = [.. Enumerable.Range(0, 40).Select(i => (i * 20f) + (i % 7))],
            x = [.. Enumerable.Range(0, 40).Select(i => (float)(i * i))],
            y = new float[40];
        Assert.Equal(Degeneracy.Sound, DegeneratePath.Classify(t, x, y, true, _scratch));
        float[] shortX = [.. Enumerable.Range(0, 40).Select(i => i * 2f)],
            shortY = [.. shortX.Select(v => v / 2)];
        Assert.False(DegeneratePath.Classify(t, shortX, shortY, true, _scratch).HasFlag(Degeneracy.Straight));
    }

    [Fact]
    public void Constant_waits_and_steps_are_even_along_any_curve_and_uneven_waits_are_not()
    {
        float[] t = [.. Enumerable.Range(0, 40).Select(i => i * 10f)];
        float[] x = [.. t.Select((_, i) => 200 * MathF.Cos(i / 20f))],
            y = [.. t.Select((_, i) => 200 * MathF.Sin(i / 20f))];
        Assert.Equal(Degeneracy.Even, DegeneratePath.Classify(t, x, y, true, _scratch));
        float[] uneven = [.. t.Select((v, i) => v + (i % 2 == 0 ? 0 : 4))];
        Assert.Equal(Degeneracy.Sound, DegeneratePath.Classify(uneven, x, y, true, _scratch));
    }

    [Fact]
    public void A_clock_that_stands_still_is_forged_and_steps_back_and_ticks_are_not()
    {
        float[] x = [.. Enumerable.Range(0, 30).Select(i => i * 9f)],
            y = [.. x.Select(v => v % 40)];
        Assert.True(DegeneratePath.Classify(new float[30], x, y, true, _scratch).HasFlag(Degeneracy.Forged));
        float[] nan = [.. x];
        nan[4] = float.NaN;
        Assert.True(DegeneratePath.Classify(nan, x, y, true, _scratch).HasFlag(Degeneracy.Forged));
        float[] ticks = [.. Enumerable.Range(0, 30).Select(i => i / 4 * 109f)];
        Assert.Equal(Degeneracy.Sound, DegeneratePath.Classify(ticks, x, y, true, _scratch));
        float[] back = [.. Enumerable.Range(0, 30).Select(i => (i * 16f) - (i > 20 ? 7140 : 0))];
        Assert.Equal(Degeneracy.Sound, DegeneratePath.Classify(back, x, y, true, _scratch));
    }

    [Theory]
    [InlineData("sapimouse")]
    [InlineData("balabit")]
    [InlineData("bdc2017")]
    [InlineData("delbot")]
    public void No_rule_but_none_fires_on_people(string source)
    {
        foreach (PathRecord path in SharedData.Paths(source).Where(p => !p.Program))
        {
            Degeneracy found = DegeneratePath.Classify(path.T, path.X, path.Y, true, _scratch);
            Assert.True(found is Degeneracy.Sound or Degeneracy.None, $"{path.Id} is called {found}");
            Assert.True(found == Degeneracy.Sound || path.X.Distinct().Count() == 1, path.Id);
        }
    }

    [Fact]
    public void Half_of_straight_constant_steps_are_found_by_rule() =>
        Assert.True(
            SharedData
                .Paths("generated")
                .Where(p => p.Family == "linear")
                .Average(p => DegeneratePath.Classify(p.T, p.X, p.Y, true, _scratch) != Degeneracy.Sound ? 1 : 0.0)
                > 0.5
        );
}
