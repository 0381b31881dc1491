namespace Models.Scoring;

/// <summary>An artefact that can't be used: not an artefact, damaged, of another format, or with other features. The
/// message says what to do.</summary>
public sealed class ArtefactException : Exception
{
    /// <param name="message">What was expected, what was found, where, and what to do.</param>
    public ArtefactException(string message)
        : base(message) { }

    /// <param name="message">What was expected, what was found, where, and what to do.</param>
    /// <param name="inner">The cause.</param>
    public ArtefactException(string message, Exception inner)
        : base(message, inner) { }
}
