using Engine.Workflows.Module.Traffic;

namespace Ingest.Generate.Movement;

/// <summary>The ways programs move a pointer: along straight lines and smooth curves with their own timers, or by
/// replaying a person's recording.</summary>
internal static class RobotMovement
{
    /// <summary>Moves along a straight line in equal or eased steps (like <c>moveTo</c> of automation tools), sometimes
    /// with a pixel of noise.</summary>
    internal static List<CursorPoint> Straight(Dice dice, double fromX, double fromY, double toX, double toY)
    {
        int steps = dice.Whole(2, 60);
        bool eased = dice.Chance(0.3);
        double noise = dice.Chance(0.25) ? dice.Between(0.3, 1) : 0;
        return Walk(dice, steps, toX, toY, noise, part =>
        {
            double way = eased ? EaseInOut(part) : part;
            return (fromX + way * (toX - fromX), fromY + way * (toY - fromY));
        });
    }

    /// <summary>Moves along a cubic Bézier curve with control points on one side of the line, as ghost-cursor and pyHM
    /// do. Some overshoot the target and return along a short second curve.</summary>
    internal static List<CursorPoint> Curve(Dice dice, double fromX, double fromY, double toX, double toY)
    {
        double distance = new CursorPoint(0, fromX, fromY).DistanceTo(toX, toY);
        bool past = distance > 400 && dice.Chance(0.4);
        double turnX = past ? toX + dice.Between(-60, 60) : toX,
            turnY = past ? toY + dice.Between(-60, 60) : toY;
        Func<double, (double X, double Y)> main = Bezier(dice, fromX, fromY, turnX, turnY, dice.Between(0.05, 0.35));
        Func<double, (double X, double Y)> back = Bezier(dice, turnX, turnY, toX, toY, 0.1);
        bool eased = dice.Chance(0.6);
        int steps = Math.Clamp((int)(distance / dice.Between(6, 25)), 8, 150);
        return Walk(dice, steps, toX, toY, 0, part =>
        {
            if (!past)
            {
                return main(eased ? EaseInOut(part) : part);
            }

            return part < 0.8 ? main(eased ? EaseInOut(part / 0.8) : part / 0.8) : back((part - 0.8) / 0.2);
        });
    }

    /// <summary>Replays a recording so that it ends on another target: shifted, resampled (4 to 33 ms per step),
    /// stretched in time by 0.8 to 1.25, with every point displaced by at most 2 px.</summary>
    internal static List<CursorPoint> Replayed(Dice dice, IReadOnlyList<CursorPoint> recording, double toX, double toY)
    {
        double stretch = dice.Between(0.8, 1.25),
            step = dice.Between(4, 33),
            off = dice.Pick<double>([0, 1, 2]);
        double shiftX = toX - recording[^1].X,
            shiftY = toY - recording[^1].Y,
            duration = recording[^1].T * stretch;
        var points = new List<CursorPoint>();
        for (double t = 0; t < duration; t += step)
        {
            (double x, double y) = CursorPoint.At(recording, t / stretch);
            // Uniform over the disc, so that no point is off by more than its radius.
            double radius = off * Math.Sqrt(dice.Unit()),
                angle = dice.Between(0, 2 * Math.PI);
            points.Add(
                new CursorPoint(
                    t,
                    Math.Round(x + shiftX + radius * Math.Cos(angle), 1),
                    Math.Round(y + shiftY + radius * Math.Sin(angle), 1)
                )
            );
        }
        points.Add(new CursorPoint(duration, toX, toY));
        return Recorder.FromZero(points, wholeMs: true);
    }

    private static double EaseInOut(double part) =>
        part < 0.5 ? 4 * part * part * part : 1 - Math.Pow(-2 * part + 2, 3) / 2;

    private static Func<double, (double X, double Y)> Bezier(
        Dice dice,
        double x0,
        double y0,
        double x3,
        double y3,
        double spread
    )
    {
        double dx = x3 - x0,
            dy = y3 - y0,
            side = dice.Chance(0.5) ? spread : -spread;
        double near = dice.Between(0.1, 0.5),
            far = dice.Between(0.5, 0.9),
            nearSide = side * dice.Between(0.3, 1),
            farSide = side * dice.Between(0.3, 1);
        double x1 = x0 + near * dx - nearSide * dy,
            y1 = y0 + near * dy + nearSide * dx;
        double x2 = x0 + far * dx - farSide * dy,
            y2 = y0 + far * dy + farSide * dx;
        return t =>
        {
            double u = 1 - t,
                a = u * u * u,
                b = 3 * u * u * t,
                c = 3 * u * t * t,
                d = t * t * t;
            return (a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3);
        };
    }

    /// <summary>Steps along a curve with a timer typical of programs: exact, random, or a browser's frames.</summary>
    private static List<CursorPoint> Walk(
        Dice dice,
        int steps,
        double toX,
        double toY,
        double noise,
        Func<double, (double X, double Y)> at
    )
    {
        int timer = dice.Whole(0, 4);
        double fixedStep = dice.Pick<double>([1, 5, 8, 10, 16, 20]),
            t = 0;
        bool whole = !dice.Chance(0.2);
        var points = new List<CursorPoint>();
        for (int i = 0; i < steps; i++)
        {
            (double x, double y) = at((double)i / steps);
            (x, y) = (x + dice.Between(-noise, noise), y + dice.Between(-noise, noise));
            points.Add(
                new CursorPoint(t, whole ? Math.Round(x) : Math.Round(x, 2), whole ? Math.Round(y) : Math.Round(y, 2))
            );
            t += timer switch
            {
                0 => fixedStep,
                1 => 4 + dice.Gamma(2, 3), // as measured for Puppeteer in the data set of generated paths
                2 => 1000.0 / 60 * (dice.Chance(0.05) ? 2 : 1) + dice.Normal(0, 0.6),
                _ => dice.Between(5, 25),
            };
        }
        points.Add(new CursorPoint(t, toX, toY));
        return Recorder.FromZero(points, wholeMs: true);
    }
}
