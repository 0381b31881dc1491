namespace Engine.Conditions;

/// <summary>A condition that can't be loaded: it doesn't parse, uses an undeclared name, or has a type error. The
/// message shows the source line with a caret under the position.</summary>
public sealed class ConditionException : Exception
{
    internal ConditionException(string source, int offset, string problem)
        : this(problem, Locate(source, offset)) { }

    private ConditionException(string problem, (int Line, int Column, string Excerpt) place)
        : base($"{place.Line}:{place.Column}: {problem}\n{place.Excerpt}")
    {
        Problem = problem;
        Line = place.Line;
        Column = place.Column;
    }

    /// <summary>The line, from 1.</summary>
    public int Line { get; }

    /// <summary>The column, from 1, in code points.</summary>
    public int Column { get; }

    /// <summary>The problem, without its position.</summary>
    public string Problem { get; }

    /// <summary>The number of characters shown on either side of the position, to fit a terminal's line.</summary>
    private const int ShownEachSide = 60;

    private static (int Line, int Column, string Excerpt) Locate(string source, int offset)
    {
        offset = Math.Clamp(offset, 0, source.Length);
        int line = 1 + source.AsSpan(0, offset).Count('\n');
        int start = offset == 0 ? 0 : source.LastIndexOf('\n', offset - 1) + 1;
        int end = source.IndexOf('\n', offset);
        end = end < 0 ? source.Length : end;
        int column = 1 + CodePoints(source.AsSpan(start, offset - start));
        int from = Math.Max(start, offset - ShownEachSide);
        int to = Math.Min(end, offset + ShownEachSide);
        string shown = string.Concat(
            source.AsSpan(from, to - from).ToString().Select(c => char.IsControl(c) ? ' ' : c)
        );
        return (line, column, $"  {shown}\n  {new string(' ', CodePoints(source.AsSpan(from, offset - from)))}^");
    }

    private static int CodePoints(ReadOnlySpan<char> text)
    {
        int count = 0;
        foreach (char unit in text)
        {
            count += char.IsLowSurrogate(unit) ? 0 : 1;
        }
        return count;
    }
}
