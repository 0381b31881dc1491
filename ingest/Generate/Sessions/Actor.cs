using Engine.Workflows.Module.Traffic;

namespace Ingest.Generate.Sessions;

/// <summary>
/// A class of behaviour. Has no state: a session has it all, so that each session is the same whatever ran before.
/// </summary>
internal abstract class Actor
{
    /// <summary>As in the file of labels.</summary>
    internal abstract string Name { get; }

    /// <summary>Of all clicks, this share is its.</summary>
    internal abstract double Share { get; }

    /// <summary>How many clicks a session has.</summary>
    internal abstract int DrawClicks(Dice dice);

    /// <summary>How far a session's clicks lie apart on average.</summary>
    internal abstract TimeSpan DrawGap(Dice dice);

    /// <summary>Clicks of a session lie at least this far apart.</summary>
    internal virtual TimeSpan MinGap => TimeSpan.FromSeconds(1.5);

    /// <summary>Adds the session's events: one labelled click for each of its times.</summary>
    internal abstract void Play(Session session);
}
