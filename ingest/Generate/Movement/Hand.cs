using Engine.Workflows.Module.Traffic;

namespace Ingest.Generate.Movement;

/// <summary>The way one person moves a pointer. Aimed movements take the time of Fitts' law, MT = a + b log2(D/W + 1)
/// (MacKenzie 1992; for a mouse, a is 100 to 300 ms and b is 90 to 180 ms per bit). A first stroke covers most of the
/// way, with an error that grows with its length (signal-dependent noise, Harris and Wolpert 1998), and overlapping
/// corrections follow (Meyer et al. 1988). Physiological tremor of 8 to 12 Hz is added. A person's parameters are drawn
/// once, and vary a little from movement to movement.</summary>
internal sealed class Hand(Dice dice)
{
    private readonly double _a = dice.Between(100, 300);
    private readonly double _b = dice.Between(90, 180);
    private readonly double _curl = dice.Normal(0, 0.25);
    private readonly double _noise = dice.Between(0.04, 0.10);
    private readonly double _reach = dice.Between(0.90, 1.0);
    private readonly double _tremorHz = dice.Between(8, 12);
    private readonly double _tremorPx = dice.Between(0.15, 0.7);
    private readonly double _pause = dice.LogNormal(350, 0.5);
    private readonly double _dwell = dice.LogNormal(160, 0.4);
    private readonly Recorder _recorder = Recorder.OfAPerson(dice);

    /// <summary>Generates a recording of about 5 s at most that ends with a click at a point: one to three aimed
    /// movements from somewhere in the viewport, the last one to a target of a given width.</summary>
    internal List<CursorPoint> MoveAndClick(
        Dice dice,
        double viewportWidth,
        double viewportHeight,
        double x,
        double y,
        double width
    )
    {
        double atX = dice.Between(0, viewportWidth),
            atY = dice.Between(0, viewportHeight),
            t = 0;
        (double startX, double startY) = (atX, atY);
        var strokes = new List<Stroke>();
        int stops =
            dice.Chance(0.5) ? 0
            : dice.Chance(0.7) ? 1
            : 2;
        for (int i = 0; i < stops; i++)
        {
            double toX = Math.Clamp(dice.Normal(x, viewportWidth / 4), 0, viewportWidth),
                toY = dice.Between(0, viewportHeight);
            t = Aim(dice, strokes, t, ref atX, ref atY, toX, toY, dice.Between(60, 250)) + dice.LogNormal(_pause, 0.6);
        }
        t = Aim(dice, strokes, t, ref atX, ref atY, x, y, width) + dice.LogNormal(_dwell, 0.35);
        double phase = dice.Between(0, 2 * Math.PI),
            drift = dice.Between(0.6, 1.6);
        return _recorder.Record(dice, t, x, y, time =>
        {
            double px = startX,
                py = startY;
            foreach (Stroke stroke in strokes)
            {
                (double dx, double dy) = stroke.At(time);
                px += dx;
                py += dy;
            }
            double wave = 2 * Math.PI * _tremorHz * time / 1000 + phase;
            return (px + _tremorPx * Math.Sin(wave), py + _tremorPx * Math.Cos(wave * 0.93 + drift));
        });
    }

    /// <summary>Adds the strokes of one aimed movement. Returns the time when the last one ends.</summary>
    private double Aim(
        Dice dice,
        List<Stroke> strokes,
        double t,
        ref double atX,
        ref double atY,
        double toX,
        double toY,
        double width
    )
    {
        double first = new CursorPoint(0, atX, atY).DistanceTo(toX, toY);
        if (first < 1)
        {
            return t;
        }

        double total = (_a + _b * Math.Log2(first / width + 1)) * dice.LogNormal(1, 0.12);
        double share = 0.72,
            end = t;
        for (int i = 0; i < 4; i++)
        {
            double dx = toX - atX,
                dy = toY - atY,
                distance = Math.Sqrt(dx * dx + dy * dy);
            bool last = i == 3 || (i > 0 && distance < width / 6) || distance < 3;
            if (!last)
            {
                double along = i == 0 ? dice.Normal(_reach, _noise) : dice.Normal(0.97, _noise),
                    across = dice.Normal(0, _noise * 0.6);
                (dx, dy) = (dx * along - dy * across, dy * along + dx * across);
            }
            double duration = Math.Max(60, total * share * (i == 0 ? 1 : dice.Between(0.7, 1.2)));
            strokes.Add(
                new Stroke(
                    t,
                    duration,
                    dice.Between(0.16, 0.42),
                    dx,
                    dy,
                    _curl * (i == 0 ? 1 : 0.5) + dice.Normal(0, 0.15)
                )
            );
            (atX, atY, end) = (atX + dx, atY + dy, t + duration);
            if (last)
            {
                break;
            }
            // The eye sees the error before the hand has stopped.
            t += duration * dice.Between(0.6, 1.0);
            share *= 0.55;
        }
        return end;
    }
}
