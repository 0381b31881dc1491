using System.IO.Compression;
using System.Text.Json;

namespace Bench.Micro;

/// <summary>Cursor paths of 32 points. With a file of recordings (JSON Lines with <c>points</c>, optionally in gzip;
/// those whose time goes back are left out), each path is a recording, turned and scaled at random, so there is no
/// limit on their number. Otherwise they are synthetic: a large, bent movement of minimum jerk (T. Flash, N. Hogan,
/// 1985), a smaller correction, a slow wander, and tremor, in whole pixels at 16 ms; a good classifier calls most of
/// these programs, which then also costs the reasons. The same seed gives the same paths, all different.</summary>
internal sealed class PathLog
{
    public const int Points = 32;

    private const float StepMs = 16;

    private readonly Random _random;
    private readonly Moves[] _recorded;

    public PathLog(int seed, string? recordings = null)
    {
        _random = new Random(seed);
        _recorded =
            recordings == null
                ? []
                :
                [
                    .. Read(recordings)
                        .Where(m => m.X.Length == Points && m.T.Zip(m.T[1..]).All(pair => pair.First <= pair.Second)),
                ];
    }

    public Moves Next() => _recorded.Length > 0 ? Recorded(_recorded[_random.Next(_recorded.Length)]) : Made();

    private static IEnumerable<Moves> Read(string file)
    {
        using Stream stream = file.EndsWith(".gz", StringComparison.Ordinal)
            ? new GZipStream(File.OpenRead(file), CompressionMode.Decompress)
            : File.OpenRead(file);
        using var lines = new StreamReader(stream);
        while (lines.ReadLine() is { } line)
        {
            using var json = JsonDocument.Parse(line);
            float[][] points =
            [
                .. json
                    .RootElement.GetProperty("points")
                    .EnumerateArray()
                    .Take(Points)
                    .Select(p => (float[])[.. p.EnumerateArray().Select(v => v.GetSingle())]),
            ];
            yield return new Moves(
                [.. points.Select(p => p[0])],
                [.. points.Select(p => p[1])],
                [.. points.Select(p => p[2])]
            );
        }
    }

    private Moves Recorded(Moves moves)
    {
        double size = 0.7 + 0.7 * _random.NextDouble(),
            angle = Math.Tau * _random.NextDouble(),
            along = size * Math.Cos(angle),
            across = size * Math.Sin(angle);
        (float x0, float y0) = (moves.X[0], moves.Y[0]);
        float Turned(int i, double a, double b) =>
            (float)Math.Round(600 + a * (moves.X[i] - x0) + b * (moves.Y[i] - y0));
        return moves with
        {
            X = [.. moves.X.Select((_, i) => Turned(i, along, -across))],
            Y = [.. moves.Y.Select((_, i) => Turned(i, across, along))],
        };
    }

    private Moves Made()
    {
        var (t, x, y) = (new float[Points], new float[Points], new float[Points]);
        double startX = _random.Next(1200),
            startY = _random.Next(700),
            way = 100 + 800 * _random.NextDouble(),
            angle = Math.Tau * _random.NextDouble();
        double missBy = way * 0.15 * Normal(),
            missTo = angle + Normal(),
            bow = way * 0.12 * Normal(),
            bowAt = 1 + _random.NextDouble(),
            split = 0.6 + 0.25 * _random.NextDouble();
        double tremorX = 0,
            tremorY = 0,
            wanderX = 0.05 * way * Normal(),
            wanderY = 0.05 * way * Normal(),
            wanders = 1 + 2 * _random.NextDouble();
        for (int i = 0; i < Points; i++)
        {
            double u = i / (Points - 1.0),
                first = Ease(Math.Min(1, u / split)),
                second = Ease(Math.Clamp((u - split * 0.8) / (1 - split * 0.8), 0, 1));
            double side = bow * Math.Sin(Math.PI * Math.Pow(first, bowAt)),
                wander = Math.Sin(Math.PI * wanders * u);
            (tremorX, tremorY) = (0.7 * tremorX + 0.5 * Normal(), 0.7 * tremorY + 0.5 * Normal());
            t[i] = i * StepMs;
            x[i] = (float)
                Math.Round(
                    startX
                        + wanderX * wander
                        + way * first * Math.Cos(angle)
                        - side * Math.Sin(angle)
                        + missBy * second * Math.Cos(missTo)
                        + tremorX
                );
            y[i] = (float)
                Math.Round(
                    startY
                        + wanderY * wander
                        + way * first * Math.Sin(angle)
                        + side * Math.Cos(angle)
                        + missBy * second * Math.Sin(missTo)
                        + tremorY
                );
            // browsers only report movement
            if (i > 0 && x[i] == x[i - 1] && y[i] == y[i - 1])
            {
                x[i]++;
            }
        }
        return new Moves(t, x, y);
    }

    private static double Ease(double u) => u * u * u * (10 - 15 * u + 6 * u * u);

    private double Normal() =>
        Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(Math.Tau * _random.NextDouble());

    /// <param name="T">The times, in ms.</param>
    /// <param name="X">The horizontal positions, in px.</param>
    /// <param name="Y">The vertical positions, in px.</param>
    public sealed record Moves(float[] T, float[] X, float[] Y);
}
