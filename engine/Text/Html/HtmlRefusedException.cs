namespace Engine.Text.Html;

/// <summary>HTML is refused: it is nested deeper, or larger, than pages are, or no way of writing it reads the same
/// again.</summary>
public sealed class HtmlRefusedException(string problem) : Exception(problem);
