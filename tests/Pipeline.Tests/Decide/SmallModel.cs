using Engine.Pipeline.Features;
using Models.Scoring;

namespace Pipeline.Tests.Decide;

/// <summary>A model of clicks whose score is set by one feature: the length of the user agent, 0 to 6 bytes.</summary>
internal static class SmallModel
{
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
        using var folder = new TempFolder();
        string file = Path.Combine(folder.Path, "model");
        Artefact.Create(header, new Forest([tree], ClickFeatures.Count, 0)).Save(file);
        return File.ReadAllBytes(file);
    }
}
