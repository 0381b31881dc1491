using Engine.Pipeline.CursorPath;
using Engine.Pipeline.Features;
using Models.Scoring;

namespace Engine.Pipeline.Settings;

/// <summary>A model that <c>model/clicks</c> or <c>model/cursor</c> put in force. One whose features don't fit the engine's is refused, with both lists.</summary>
public sealed class ModelInForce
{
    private ModelInForce(Artefact artefact) =>
        (Artefact, PlainClicks) = (artefact, artefact.Kind == ArtefactHeader.Clicks ? artefact.Forest.Given(PlainClick.Known.Select(known => ((int)known.Feature, known.Value))) : artefact.Forest);

    public Artefact Artefact { get; }

    /// <summary>The clicks' forest for those that are plain (<see cref="PlainClick"/>).</summary>
    public Forest PlainClicks { get; }

    /// <param name="kind"><c>clicks</c> or <c>cursor</c>.</param>
    /// <param name="bytes">The artefact's file.</param>
    public static ModelInForce Load(string kind, byte[] bytes)
    {
        Artefact artefact = Artefact.Load(bytes);
        if (artefact.Kind != kind) throw new ArtefactException($"is an artefact of kind '{artefact.Kind}'; expected '{kind}'");
        artefact.RequireFeatures(kind == ArtefactHeader.Clicks ? ClickFeatures.Names : PathFeatures.Names);
        return new ModelInForce(artefact);
    }
}
