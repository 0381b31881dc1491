namespace Models.Training.Data;

/// <summary>One recorded or generated cursor path.</summary>
/// <param name="Id">The id in its file.</param>
/// <param name="Source">The data set.</param>
/// <param name="Group">The person or recording, by which data is split.</param>
/// <param name="Program">Whether a program moved the cursor.</param>
/// <param name="Family">The kind of program that generated it, or "human".</param>
/// <param name="T">Milliseconds since the first point.</param>
/// <param name="X">The horizontal positions, in CSS pixels.</param>
/// <param name="Y">The vertical positions, in CSS pixels.</param>
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
    /// <summary>The number of points.</summary>
    public int Count => T.Length;
}
