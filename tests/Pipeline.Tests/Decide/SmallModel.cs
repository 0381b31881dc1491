using Engine.Pipeline.CursorPath;
using Engine.Pipeline.Features;
using Models.Scoring;

namespace Pipeline.Tests.Decide;

/// <summary>Models whose scores are set by one feature.</summary>
internal static class SmallModel
{
    /// <summary>A model of clicks whose score is set by the length of the user agent, 0 to 6 bytes.</summary>
    public static byte[] Clicks()
    {
        var header = new ArtefactHeader(
            ArtefactHeader.Clicks,
            [.. ClickFeatures.Names.Select(name => new ArtefactFeature(name, "", 0, 1, 2))],
            // Log-odds of 0.05, 0.49, 0.51, 0.69, 0.71, 0.89 and 0.91 at the raw scores 0 to 6.
            new Calibration(
                [0, 1, 2, 3, 4, 5, 6],
                [.. ((double[])[0.05, 0.49, 0.51, 0.69, 0.71, 0.89, 0.91]).Select(p => (float)Math.Log(p / (1 - p)))]
            ),
            0.5,
            [new ArtefactSource("made up", 1, 1, "ours")],
            new Dictionary<string, double>(),
            new Dictionary<string, string>(),
            1
        );
        ushort length = (ushort)ClickFeature.AgentLength;
        // A chain: an agent of up to n bytes falls to leaf n.
        var tree = new Tree(
            [.. Enumerable.Repeat(length, 6)],
            [0.5f, 1.5f, 2.5f, 3.5f, 4.5f, 5.5f],
            [-1, -2, -3, -4, -5, -6],
            [1, 2, 3, 4, 5, -7],
            new float[6],
            [0, 1, 2, 3, 4, 5, 6]
        );
        return BytesOf(Artefact.Create(header, new Forest([tree], ClickFeatures.Count, 0)));
    }

    /// <summary>A model of paths whose log-odds are set by their duration: -4 up to half a second, 3 up to a second, 30
    /// beyond. None of them reaches the cut-off but the last. Usual people have -4.</summary>
    public static byte[] Cursor()
    {
        var header = new ArtefactHeader(
            ArtefactHeader.Cursor,
            [.. PathFeatures.Names.Select(name => new ArtefactFeature(name, "", 0, 1, 2))],
            Calibration.Platt(1, 0),
            0.99,
            [new ArtefactSource("made up", 1, 1, "ours")],
            new Dictionary<string, double>(),
            new Dictionary<string, string>(),
            1,
            new ArtefactSeries(-4, 0.5)
        );
        ushort duration = (ushort)PathFeature.LogDuration;
        var tree = new Tree(
            [duration, duration],
            [MathF.Log10(501), MathF.Log10(1001)],
            [-1, -2],
            [1, -3],
            new float[2],
            [-4, 3, 30]
        );
        return BytesOf(Artefact.Create(header, new Forest([tree], PathFeatures.Count, 0)));
    }

    private static byte[] BytesOf(Artefact artefact)
    {
        using var folder = new TempFolder();
        string file = Path.Combine(folder.Path, "model");
        artefact.Save(file);
        return File.ReadAllBytes(file);
    }
}
