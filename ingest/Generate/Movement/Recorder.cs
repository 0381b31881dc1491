using Engine.Workflows.Module.Traffic;

namespace Ingest.Generate.Movement;

/// <summary>Models what a browser reports of a movement: an event when the pointer has moved by a pixel, but at most
/// one per clock tick. Clocks vary: frames at 60, 75, 120 or 144 Hz, mice polled every 8 ms, the 15.6 ms timer of old
/// Windows, remote desktops. Busy pages skip ticks.</summary>
internal sealed record Recorder(double StepMs, double JitterMs, double SkipChance, double GridPx, bool WholeMs)
{
    /// <summary>The maximum number of points: a recording keeps the last ones, as page scripts do.</summary>
    private const int MaxPoints = 600;

    internal static Recorder OfAPerson(Dice dice)
    {
        double step = dice.Pick<double>([
            1000.0 / 60,
            1000.0 / 60,
            1000.0 / 60,
            8,
            8,
            1000.0 / 75,
            1000.0 / 120,
            1000.0 / 144,
            15.625,
            10,
            33.3,
        ]);
        return new Recorder(
            step,
            dice.Between(0, 1.5),
            dice.Chance(0.4) ? dice.Between(0.01, 0.12) : 0.003,
            dice.Chance(0.25) ? 0.5 : 1,
            !dice.Chance(0.2)
        );
    }

    /// <summary>Records a movement that ends with a click at a position.</summary>
    /// <param name="duration">The time of the click, in ms from the start of the movement.</param>
    /// <param name="at">Gets the position of the pointer at a time.</param>
    internal List<CursorPoint> Record(
        Dice dice,
        double duration,
        double x,
        double y,
        Func<double, (double X, double Y)> at
    )
    {
        var points = new List<CursorPoint>();
        for (double tick = dice.Between(0, StepMs); tick < duration; tick += StepMs)
        {
            if (dice.Chance(SkipChance))
            {
                tick += StepMs * dice.Whole(1, 8);
            }

            if (tick >= duration)
            {
                break;
            }

            (double px, double py) = at(tick);
            var point = new CursorPoint(Math.Max(0, tick + dice.Normal(0, JitterMs)), OnGrid(px), OnGrid(py));
            if (points.Count > 0)
            {
                if (points[^1].X == point.X && points[^1].Y == point.Y)
                {
                    continue;
                }

                if (point.T < points[^1].T)
                {
                    point = point with { T = points[^1].T };
                }
            }
            points.Add(point);
        }
        points.Add(new CursorPoint(Math.Max(duration, points.Count > 0 ? points[^1].T : 0), OnGrid(x), OnGrid(y)));
        if (points.Count > MaxPoints)
        {
            points.RemoveRange(0, points.Count - MaxPoints);
        }

        return FromZero(points, WholeMs);
    }

    private double OnGrid(double pixels) => Math.Round(pixels / GridPx) * GridPx;

    /// <summary>Shifts times to start at 0, in whole ms or tenths.</summary>
    internal static List<CursorPoint> FromZero(List<CursorPoint> points, bool wholeMs)
    {
        double start = points[0].T;
        for (int i = 0; i < points.Count; i++)
        {
            points[i] = points[i] with { T = Math.Round(points[i].T - start, wholeMs ? 0 : 1) };
        }

        return points;
    }
}
