using System.Text;
using Engine.Text.Folding;
using Engine.Text.Unicode;

namespace Engine.Text.LookAlikes;

/// <summary>Texts as they look: what people take for the same has the same skeleton, so <c>раураl</c>, whose letters
/// are Cyrillic, is <c>paypal</c>. Unicode's confusables (UTS 39) over folded texts. A skeleton is for comparing, not
/// for showing.</summary>
public static class Skeleton
{
    /// <summary>A prototype may itself look like something else once its letter case is folded. None takes more.
    /// </summary>
    private const int MaxTurns = 4;

    private static readonly CodePointMap Prototypes = CodePointMap.Load("confusables.txt");

    /// <summary>The skeleton of a text.</summary>
    public static string Of(string text)
    {
        string skeleton = FoldedText.Of(Replace(text));
        for (int turn = 0; turn < MaxTurns; turn++)
        {
            string next = FoldedText.Of(Replace(skeleton));
            if (next == skeleton)
            {
                break;
            }

            skeleton = next;
        }

        // A capital I is taken for l, and for i by who minds no letter case: the three are one.
        return skeleton.Replace('i', 'l');
    }

    private static string Replace(string text)
    {
        var replaced = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (Prototypes.Keeps(rune.Value))
            {
                replaced.Append(rune);
            }
            else if (Prototypes.TryGetUnit(rune.Value, out char unit))
            {
                replaced.Append(unit);
            }
            else
            {
                replaced.Append(Prototypes.TextOf(rune.Value));
            }
        }

        return replaced.ToString();
    }
}
