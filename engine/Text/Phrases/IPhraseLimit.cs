namespace Engine.Text.Phrases;

/// <summary>Says where a match may end. A structure, so that the search is compiled for it.</summary>
public interface IPhraseLimit
{
    /// <summary>Whether a match may end before the unit <paramref name="at"/>.</summary>
    bool MayEnd(int at);
}

/// <summary>A match may end anywhere.</summary>
public readonly struct AnyEnd : IPhraseLimit
{
    public bool MayEnd(int at) => true;
}
