namespace Engine.Text.Phrases;

/// <summary>Says which phrases count, and where they may end. A structure, so that the search is compiled for it.
/// </summary>
public interface IPhraseLimit
{
    /// <summary>Whether a match may end before a unit.</summary>
    /// <param name="at">The unit.</param>
    /// <param name="phrase">What matches: its index in what the automaton was built of.</param>
    bool MayEnd(int at, int phrase);
}
