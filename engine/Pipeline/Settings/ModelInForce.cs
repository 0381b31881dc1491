using System.Security.Cryptography;
using Engine.Pipeline.CursorPath;
using Engine.Pipeline.Features;
using Engine.Pipeline.History;
using Models.Scoring;

namespace Engine.Pipeline.Settings;

/// <summary>A model that <c>model/clicks</c> or <c>model/cursor</c> put in force. A model whose features differ from
/// the engine's is rejected with both lists. A click forest uses either the engine's features, or a network's own,
/// which come with the histories they are made of.</summary>
public sealed class ModelInForce
{
    /// <summary>File suffix of an artefact's histories.</summary>
    public const string HistoriesEnding = ".histories";

    /// <summary>The artefact setting with the SHA-256 of its histories, in hex.</summary>
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

    /// <summary>The histories of a network's own click forest; null if the features are the engine's.</summary>
    public FieldHistories? Own { get; }

    /// <summary>The forest specialised for plain clicks (<see cref="PlainClick"/>); the whole forest if the features
    /// are a network's own.</summary>
    public Forest PlainClicks { get; }

    /// <param name="kind"><c>clicks</c> or <c>cursor</c>.</param>
    /// <param name="file">The artefact's name.</param>
    /// <param name="read">Reads a file by its name: the artefact, and its histories if it has any.</param>
    public static ModelInForce Load(string kind, string file, Func<string, byte[]> read)
    {
        Artefact artefact = Artefact.Load(read(file).AsSpan());
        if (artefact.Kind != kind)
        {
            throw new ArtefactException($"the artefact's kind is '{artefact.Kind}'; expected '{kind}'");
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
                $"{artefact.Version} has neural networks, but with the engine's own features only the forest is used; "
                    + "train it without them"
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
                $"{artefact.Version} needs histories with SHA-256 {expected}; those beside it have {hash}; "
                    + $"copy both files together"
            );
        }

        return FieldHistories.Read(file);
    }
}
