using System.Security.Cryptography;
using Engine.Pipeline.CursorPath;
using Engine.Pipeline.Features;
using Engine.Pipeline.History;
using Models.Scoring;

namespace Engine.Pipeline.Settings;

/// <summary>
/// A model that <c>model/clicks</c> or <c>model/cursor</c> put in force. One whose features don't fit the engine's is
/// refused, with both lists. A click forest has the engine's features, or those of a network's own, with the histories
/// that they are made of.
/// </summary>
public sealed class ModelInForce
{
    /// <summary>What is put behind an artefact's name for its histories'.</summary>
    public const string HistoriesEnding = ".histories";

    /// <summary>The setting of an artefact that names the SHA-256 of its histories, in hex.</summary>
    public const string HistoriesHash = "histories_sha256";

    private ModelInForce(Artefact artefact, FieldHistories? own)
    {
        (Artefact, Own) = (artefact, own);
        PlainClicks =
            artefact.Kind == ArtefactHeader.Clicks && own == null
                ? artefact.Forest.Given(PlainClick.Known.Select(known => ((int)known.Feature, known.Value)))
                : artefact.Forest;
    }

    public Artefact Artefact { get; }

    /// <summary>The histories of a network's own click forest; null where the features are the engine's.</summary>
    public FieldHistories? Own { get; }

    /// <summary>
    /// The clicks' forest for those that are plain (<see cref="PlainClick"/>); of a network's own features the whole
    /// forest.
    /// </summary>
    public Forest PlainClicks { get; }

    /// <param name="kind"><c>clicks</c> or <c>cursor</c>.</param>
    /// <param name="file">The artefact's name.</param>
    /// <param name="read">Gives the bytes of a file by its name: the artefact, and its histories beside it where it has
    /// any.</param>
    public static ModelInForce Load(string kind, string file, Func<string, byte[]> read)
    {
        Artefact artefact = Artefact.Load(read(file).AsSpan());
        if (artefact.Kind != kind)
        {
            throw new ArtefactException($"is an artefact of kind '{artefact.Kind}'; expected '{kind}'");
        }

        if (
            kind == ArtefactHeader.Clicks
            && artefact.Features.Select(feature => feature.Name).SequenceEqual(FieldHistories.FeatureNames)
        )
        {
            return new ModelInForce(artefact, Histories(artefact, read(file + HistoriesEnding)));
        }

        artefact.RequireFeatures(kind == ArtefactHeader.Clicks ? ClickFeatures.Names : PathFeatures.Names);
        if (kind == ArtefactHeader.Clicks && artefact.Ensemble.Networks.Count > 0)
        {
            throw new ArtefactException(
                $"{artefact.Version} has networks, and of the engine's own features only trees are asked: train it "
                    + $"without"
            );
        }

        return new ModelInForce(artefact, null);
    }

    private static FieldHistories Histories(Artefact artefact, byte[] file)
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(file));
        if (artefact.Header.Settings.TryGetValue(HistoriesHash, out string? expected) && expected != hash)
        {
            throw new ArtefactException(
                $"{artefact.Version} was made with histories of SHA-256 {expected}; those beside it have {hash}: "
                    + $"copy both files together"
            );
        }

        return FieldHistories.Read(file);
    }
}
