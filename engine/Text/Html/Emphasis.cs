namespace Engine.Text.Html;

/// <summary>A part of a text to emphasise.</summary>
/// <param name="Start">The UTF-16 unit of the text at which it begins.</param>
/// <param name="Length">Its length in UTF-16 units.</param>
/// <param name="Depth">How deep the emphasis is: 1 to 5.</param>
/// <param name="About">What is shown on hover and focus, as plain text.</param>
public readonly record struct Emphasis(int Start, int Length, int Depth, string About);

/// <summary>A part of a text.</summary>
/// <param name="Start">The UTF-16 unit at which it begins.</param>
/// <param name="Length">Its length in UTF-16 units.</param>
public readonly record struct TextRange(int Start, int Length)
{
    public int End => Start + Length;
}
