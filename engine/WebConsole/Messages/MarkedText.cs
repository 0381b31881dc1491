using System.Text.Json.Nodes;
using Engine.WebConsole.WorkflowResults;

namespace Engine.WebConsole.Messages;

/// <summary>A message's text in pieces: those that rules found, and those between.</summary>
internal static class MarkedText
{
    /// <param name="text">The text that places count in, in UTF-16 units.</param>
    /// <param name="rules">The rules that matched, as the result has them.</param>
    public static IReadOnlyList<TextPiece> Of(string text, IEnumerable<JsonObject> rules)
    {
        var found = rules
            .SelectMany(rule => rule.Objects("found"))
            .Select(place => (At: place.Number("at"), Length: place.Number("length")))
            .Where(place => place.At >= 0 && place.Length > 0 && place.At + place.Length <= text.Length)
            .OrderBy(place => place.At);
        var pieces = new List<TextPiece>();
        int done = 0;
        foreach ((long at, long length) in found)
        {
            int start = Math.Max((int)at, done),
                end = (int)(at + length);
            if (end <= start)
            {
                continue;
            }

            Add(pieces, text[done..start], isFound: false);
            Add(pieces, text[start..end], isFound: true);
            done = end;
        }

        Add(pieces, text[done..], isFound: false);
        return pieces;
    }

    private static void Add(List<TextPiece> pieces, string text, bool isFound)
    {
        if (text.Length > 0)
        {
            pieces.Add(new TextPiece(text, isFound));
        }
    }
}

/// <summary>A piece of a message's text.</summary>
/// <param name="IsFound">Whether a rule found it.</param>
public sealed record TextPiece(string Text, bool IsFound);
