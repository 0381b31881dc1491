using Engine.Pipeline.Consume.Labels;
using Engine.Pipeline.Knowledge;

namespace Engine.Pipeline.Consume.Followers;

/// <summary>The process's readers of what other partitions tell.</summary>
public sealed record KnowledgeReaders(
    StandingsFollower Standings,
    SignatureReader Signatures,
    LabelsReader Labels,
    MarksReader Marks
)
{
    /// <summary>How far all of it is read.</summary>
    public KnownOffsets Read() => new(Standings.ReadUpTo(), Signatures.ReadUpTo(), Labels.ReadUpTo(), []);
}
