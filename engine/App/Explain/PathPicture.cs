using System.Globalization;
using System.Text;
using Engine.Client;

namespace Engine.App.Explain;

/// <summary>Draws a click's path as SVG: each vector coloured by its speed, a dot for each recorded point, rings at the
/// start and at the click. The path that it replays lies beneath, wide and grey, shifted so that both have the same
/// time-weighted mean position. Both use one scale, with y downwards as on a screen.</summary>
public static class PathPicture
{
    /// <summary>The maximum characters in a heading line: they fit the picture's width at 13 px, where a character is
    /// 6.6 px wide on average.</summary>
    private const int LineLength = 120;

    private const double Width = 900,
        Margin = 24,
        Foot = 64,
        DrawnHeight = 520;

    /// <summary>Viridis in equal steps, slow to fast; distinguishable with colour blindness too (van der Walt and
    /// Smith, 2015).</summary>
    private static readonly (int R, int G, int B)[] Viridis =
    [
        (68, 1, 84),
        (72, 40, 120),
        (62, 74, 137),
        (49, 104, 142),
        (38, 130, 142),
        (31, 158, 137),
        (53, 183, 121),
        (109, 205, 89),
        (180, 222, 44),
        (253, 231, 37),
    ];

    /// <param name="path">The click's own path.</param>
    /// <param name="verdict">The verdict on the click.</param>
    /// <param name="replayed">The path that it replays, or null.</param>
    /// <param name="note">A remark about the replayed path, or null.</param>
    public static string Draw(RecordedPath path, Verdict verdict, RecordedPath? replayed, string? note)
    {
        (double x, double y) = path.Centre();
        (double dx, double dy) = replayed == null ? (0, 0) : Shift(replayed.Centre(), (x, y));
        PathPoint[] under =
            replayed == null
                ? []
                : [.. replayed.Points.Select(point => point with { X = point.X + dx, Y = point.Y + dy })];
        (string Text, string Style)[] head = [.. HeadOf(path, verdict, replayed, (dx, dy), note)];
        double top = 22 + 18 * head.Length + 8;
        View view = View.Of([.. path.Points, .. under], top);
        double height = top + view.Height + Foot;
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width:0}\" height=\"{height:0}\" viewBox=\"0 0 "
                + $"{Width:0} {height:0}\" font-family=\"system-ui, sans-serif\" font-size=\"13\">\n"
        );
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<title>{Escaped($"The path of click {verdict.Click}")}</title>\n<rect width=\"100%\" height=\"100%\" "
                + $"fill=\"#fff\"/>\n"
        );
        for (int i = 0; i < head.Length; i++)
        {
            Text(svg, 28 + 18 * i, head[i].Text, head[i].Style);
        }

        svg.Append(
            CultureInfo.InvariantCulture,
            $"<rect x=\"{Margin:0}\" y=\"{top:0}\" width=\"{Width - 2 * Margin:0}\" height=\"{view.Height:0}\" "
                + $"fill=\"#f6f7f9\" stroke=\"#dde1e6\"/>\n"
        );
        if (under.Length > 0)
        {
            WriteUnder(svg, view, under);
        }

        double fastest = WritePath(svg, view, path);
        WriteFoot(svg, view, fastest, height);
        return svg.Append("</svg>\n").ToString();
    }

    private static (double, double) Shift((double X, double Y) from, (double X, double Y) to) =>
        (to.X - from.X, to.Y - from.Y);

    private static IEnumerable<(string Text, string Style)> HeadOf(
        RecordedPath path,
        Verdict verdict,
        RecordedPath? replayed,
        (double X, double Y) shift,
        string? note
    )
    {
        const string Grey = "fill=\"#555\"";
        string reasons = verdict.Reasons.Count == 0 ? "no reasons" : string.Join(", ", verdict.Reasons);
        foreach (string line in Wrapped($"Click {verdict.Click}", LineLength * 13 / 17))
        {
            yield return (line, "font-size=\"17\" font-weight=\"600\"");
        }

        foreach (
            string line in Wrapped(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{verdict.Class}, score {verdict.Score:0.####}: {reasons}"
                ),
                LineLength
            )
        )
        {
            yield return (line, "");
        }

        yield return (
            string.Create(
                CultureInfo.InvariantCulture,
                $"{path.Points.Count} points in {path.DurationMs:0} ms, {path.Length:0} px; at {path.At}"
            ),
            Grey
        );
        if (replayed != null)
        {
            foreach (string line in Wrapped($"grey: the path that it replays, of click {replayed.Click}", LineLength))
            {
                yield return (line, Grey);
            }

            yield return (
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{replayed.Points.Count} points in {replayed.DurationMs:0} ms; at {replayed.At}; moved by "
                        + $"{shift.X:+0;−0;0}, {shift.Y:+0;−0;0} px{Residual(verdict)}"
                ),
                Grey
            );
        }
        else if (note != null)
        {
            foreach (string line in Wrapped(note, LineLength))
            {
                yield return (line, Grey);
            }
        }
    }

    /// <summary>Breaks lines between words if possible: an id may be 128 characters long, and there may be many
    /// reasons.</summary>
    private static IEnumerable<string> Wrapped(string text, int length)
    {
        while (text.Length > length)
        {
            int cut = text.LastIndexOf(' ', length);
            if (cut <= 0)
            {
                cut = length;
            }

            yield return text[..cut];
            text = text[cut..].TrimStart();
        }
        yield return text;
    }

    private static string Residual(Verdict verdict) =>
        verdict.Evidence["cursor.replay"]?["residual_px"] is { } residual
            ? string.Create(CultureInfo.InvariantCulture, $"; residual {(double)residual:0.##} px")
            : "";

    private static void WriteUnder(StringBuilder svg, View view, PathPoint[] points)
    {
        svg.Append(
            "<polyline fill=\"none\" stroke=\"#a7adb5\" stroke-width=\"9\" stroke-linejoin=\"round\" "
                + "stroke-linecap=\"round\" opacity=\"0.75\" points=\""
        );
        foreach (PathPoint point in points)
        {
            svg.Append(CultureInfo.InvariantCulture, $"{view.X(point):0.##},{view.Y(point):0.##} ");
        }

        svg.Append("\"/>\n");
    }

    /// <summary>Writes the vectors and points. Returns the speed at the bright end of the scale, in px/ms.</summary>
    private static double WritePath(StringBuilder svg, View view, RecordedPath path)
    {
        IReadOnlyList<PathPoint> points = path.Points;
        // Two points at the same time have no speed; such a jump gets the fastest colour.
        double[] speeds =
        [
            .. Enumerable
                .Range(1, points.Count - 1)
                .Select(i =>
                    points[i].T > points[i - 1].T ? path.Step(i) / (points[i].T - points[i - 1].T)
                    : path.Step(i) > 0 ? double.PositiveInfinity
                    : 0
                ),
        ];
        double[] finite = [.. speeds.Where(double.IsFinite).Order()];
        // The 98th percentile, so that a single jump doesn't make everything else one colour.
        double fastest = finite.Length > 0 ? finite[(int)(0.98 * (finite.Length - 1))] : 0;
        svg.Append("<g stroke-width=\"3\" stroke-linecap=\"round\">\n");
        for (int i = 1; i < points.Count; i++)
        {
            if (path.Step(i) > 0)
            {
                svg.Append(
                    CultureInfo.InvariantCulture,
                    $"<line x1=\"{view.X(points[i - 1]):0.##}\" y1=\"{view.Y(points[i - 1]):0.##}\" "
                        + $"x2=\"{view.X(points[i]):0.##}\" y2=\"{view.Y(points[i]):0.##}\" "
                        + $"stroke=\"{Colour(fastest > 0 ? speeds[i - 1] / fastest : 1)}\"/>\n"
                );
            }
        }

        svg.Append("</g>\n<g fill=\"#1a1d21\">\n");
        foreach (PathPoint point in points)
        {
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<circle cx=\"{view.X(point):0.##}\" cy=\"{view.Y(point):0.##}\" r=\"1.6\"><title>{point.T:0.##} "
                    + $"ms: {point.X:0.##}, {point.Y:0.##}</title></circle>\n"
            );
        }

        svg.Append("</g>\n");
        Mark(svg, view, points[0], "#1a7f37", "start", 7);
        Mark(svg, view, points[^1], "#cf222e", "click", 10);
        return fastest;
    }

    private static void Mark(StringBuilder svg, View view, PathPoint point, string colour, string word, double radius)
    {
        double x = view.X(point),
            y = view.Y(point);
        bool left = x > Width - Margin - 60;
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<circle cx=\"{x:0.##}\" cy=\"{y:0.##}\" r=\"{radius:0}\" fill=\"none\" stroke=\"{colour}\" "
                + $"stroke-width=\"2\"/><text x=\"{(left ? x - radius - 4 : x + radius + 4):0.##}\" "
                + $"y=\"{y + (word == "click" ? 15 : -5):0.##}\" text-anchor=\"{(left ? "end" : "start")}\" "
                + $"fill=\"{colour}\">{word}</text>\n"
        );
    }

    private static void WriteFoot(StringBuilder svg, View view, double fastest, double height)
    {
        double y = height - 38,
            left = Margin,
            width = 260;
        svg.Append("<defs><linearGradient id=\"speed\">");
        for (int i = 0; i < Viridis.Length; i++)
        {
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<stop offset=\"{i / (double)(Viridis.Length - 1):0.###}\" "
                    + $"stop-color=\"{Colour(i / (double)(Viridis.Length - 1))}\"/>"
            );
        }

        svg.Append(
            CultureInfo.InvariantCulture,
            $"</linearGradient></defs>\n<rect x=\"{left:0}\" y=\"{y:0}\" width=\"{width:0}\" height=\"10\" "
                + $"fill=\"url(#speed)\"/>\n"
        );
        Text(svg, y + 26, "0 px/ms", "fill=\"#555\"");
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<text x=\"{left + width:0}\" y=\"{y + 26:0}\" text-anchor=\"end\" fill=\"#555\">{fastest:0.##} px/ms "
                + $"and faster</text>\n"
        );
        // A round length of about a sixth of the picture.
        double wanted = (Width - 2 * Margin) / 6 / view.Scale,
            unit = Math.Pow(10, Math.Floor(Math.Log10(wanted))),
            length =
                unit
                * (
                    wanted / unit >= 5 ? 5
                    : wanted / unit >= 2 ? 2
                    : 1
                );
        double right = Width - Margin;
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<path d=\"M{right - length * view.Scale:0.##} {y:0} v10 h{length * view.Scale:0.##} v-10\" "
                + $"fill=\"none\" stroke=\"#555\"/><text x=\"{right:0}\" y=\"{y + 26:0}\" text-anchor=\"end\" "
                + $"fill=\"#555\">{length:0.###} px</text>\n"
        );
    }

    private static void Text(StringBuilder svg, double y, string text, string style) =>
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<text x=\"{Margin:0}\" y=\"{y:0}\" {style}>{Escaped(text)}</text>\n"
        );

    private static string Colour(double share)
    {
        double at = Math.Clamp(share, 0, 1) * (Viridis.Length - 1);
        int low = Math.Min((int)at, Viridis.Length - 2);
        double part = at - low;
        int Mixed(int from, int to) => (int)Math.Round(from + part * (to - from));
        (int r, int g, int b) = Viridis[low];
        (int r1, int g1, int b1) = Viridis[low + 1];
        return $"#{Mixed(r, r1):x2}{Mixed(g, g1):x2}{Mixed(b, b1):x2}";
    }

    private static string Escaped(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal);

    /// <summary>Maps screen positions to picture positions.</summary>
    private readonly record struct View(
        double Left,
        double Top,
        double Scale,
        double InsetX,
        double InsetY,
        double Height
    )
    {
        private const double Padding = 30;

        public double X(PathPoint point) => InsetX + (point.X - Left) * Scale;

        public double Y(PathPoint point) => InsetY + (point.Y - Top) * Scale;

        /// <summary>Centres all points and scales them to the picture, but magnifies a path of a few pixels at most
        /// eightfold.</summary>
        /// <param name="under">The lower edge of the picture's heading.</param>
        public static View Of(PathPoint[] points, double under)
        {
            double left = points.Min(point => point.X),
                right = points.Max(point => point.X),
                top = points.Min(point => point.Y),
                bottom = points.Max(point => point.Y);
            double room = Width - 2 * (Margin + Padding),
                high = DrawnHeight - 2 * Padding;
            double scale = Math.Min(
                8,
                Math.Min(room / Math.Max(right - left, 1e-9), high / Math.Max(bottom - top, 1e-9))
            );
            double height = Math.Clamp((bottom - top) * scale + 2 * Padding, 140, DrawnHeight);
            return new View(
                left,
                top,
                scale,
                Margin + Padding + (room - (right - left) * scale) / 2,
                under + (height - (bottom - top) * scale) / 2,
                height
            );
        }
    }
}
