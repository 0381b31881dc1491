namespace Engine.Text.Patterns;

/// <summary>A pattern is refused: what is wrong, and where.</summary>
/// <param name="problem">What is wrong, without the place.</param>
/// <param name="at">The UTF-16 unit of the pattern at which it is, from 0 on.</param>
public sealed class PatternException(string problem, int at) : FormatException($"{problem} (at character {at + 1})")
{
    /// <summary>The UTF-16 unit at which it is, from 0 on.</summary>
    public int At { get; } = at;
}
