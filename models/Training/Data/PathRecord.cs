namespace Models.Training.Data;

/// <summary>One recorded or made cursor path.</summary>
/// <param name="Id">As in its file.</param>
/// <param name="Source">The data set.</param>
/// <param name="Group">The person or recording: what is split by.</param>
/// <param name="Program">Whether a program moved it.</param>
/// <param name="Family">Of programs: what made it. "human" otherwise.</param>
/// <param name="T">Milliseconds from the first point.</param>
/// <param name="X">CSS pixels.</param>
/// <param name="Y">CSS pixels.</param>
public sealed record PathRecord(
    string Id,
    string Source,
    string Group,
    bool Program,
    string Family,
    float[] T,
    float[] X,
    float[] Y
)
{
    /// <summary>Points.</summary>
    public int Count => T.Length;
}
