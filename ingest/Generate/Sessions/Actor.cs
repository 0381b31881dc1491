using Engine.Workflows.Module.Traffic;

namespace Ingest.Generate.Sessions;

/// <summary>A class of behaviour. It has no state: all state is in the session, so a session doesn't depend on those
/// before it.</summary>
internal abstract class Actor
{
    /// <summary>The name, as in the label file.</summary>
    internal abstract string Name { get; }

    /// <summary>The share of all clicks.</summary>
    internal abstract double Share { get; }

    /// <summary>Draws the number of clicks of a session.</summary>
    internal abstract int DrawClicks(Dice dice);

    /// <summary>Draws the mean time between a session's clicks.</summary>
    internal abstract TimeSpan DrawGap(Dice dice);

    /// <summary>The minimum time between two clicks of a session.</summary>
    internal virtual TimeSpan MinGap => TimeSpan.FromSeconds(1.5);

    /// <summary>Adds the session's events: one labelled click for each of its times.</summary>
    internal abstract void Play(Session session);
}
