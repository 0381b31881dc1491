using System.Collections.Frozen;
using AngleSharp.Dom;

namespace Engine.Text.Html;

/// <summary>What elements mean for reading, emphasising and writing.</summary>
internal static class HtmlNames
{
    public const string Html = "http://www.w3.org/1999/xhtml",
        Svg = "http://www.w3.org/2000/svg",
        MathMl = "http://www.w3.org/1998/Math/MathML";

    /// <summary>A phrase may run through these: they don't interrupt a line of text.</summary>
    public static readonly FrozenSet<string> Inline = Names(
        "abbr acronym b bdi bdo big cite data del dfn em font i ins kbd label mark nobr q s samp small span strike",
        "strong sub sup time tt u var wbr"
    );

    /// <summary>Text within these is never emphasised: it is a link or code, isn't shown, or can't hold an element.
    /// </summary>
    public static readonly FrozenSet<string> Untouched = Names(
        "a code pre script style textarea title head noscript noembed noframes xmp listing select optgroup option",
        "datalist button audio video canvas progress meter"
    );

    /// <summary>Text directly within these can't hold an element; within their cells it can.</summary>
    public static readonly FrozenSet<string> Structure = Names("html table thead tbody tfoot tr colgroup frameset");

    public static readonly FrozenSet<string> Void = Names(
        "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr"
    );

    /// <summary>Their text is written as it is.</summary>
    public static readonly FrozenSet<string> RawText = Names("style xmp noembed noframes noscript");

    /// <summary>A line feed at their beginning is swallowed when they are read.</summary>
    public static readonly FrozenSet<string> SwallowsLineFeed = Names("pre textarea listing");

    private static readonly FrozenSet<string> Phrasing = Names(
        "a abbr acronym b bdi bdo big br cite code data del dfn em font i img ins kbd label mark q s samp small span",
        "strike strong sub sup time tt u var wbr"
    );

    private static readonly FrozenSet<string> Flow = Names(
        "address article aside blockquote center details div dl figcaption figure footer header hr main nav ol pre",
        "section summary ul h1 h2 h3 h4 h5 h6 p table style meta link"
    );

    private static readonly FrozenSet<string> HoldsPhrasing = Names("p h1 h2 h3 h4 h5 h6");

    /// <summary>Elements that belong directly into certain others.</summary>
    private static readonly FrozenDictionary<string, FrozenSet<string>> Parents = new Dictionary<
        string,
        FrozenSet<string>
    >
    {
        ["li"] = Names("ul ol"),
        ["dt"] = Names("dl"),
        ["dd"] = Names("dl"),
        ["caption"] = Names("table"),
        ["colgroup"] = Names("table"),
        ["col"] = Names("colgroup"),
        ["thead"] = Names("table"),
        ["tbody"] = Names("table"),
        ["tfoot"] = Names("table"),
        ["tr"] = Names("thead tbody tfoot"),
        ["td"] = Names("tr"),
        ["th"] = Names("tr"),
        ["head"] = Names("html"),
        ["body"] = Names("html"),
        ["title"] = Names("head"),
    }.ToFrozenDictionary();

    /// <summary>Whether an element stands where the parser puts it without moving, closing or opening anything, so that
    /// what is written reads the same. Says no in doubt.</summary>
    public static bool IsPlain(IElement element, IElement? parent, bool isInLink)
    {
        string name = element.LocalName;
        if (parent == null)
        {
            return name == "html" || Phrasing.Contains(name) || Flow.Contains(name);
        }

        string around = parent.LocalName;
        if (Phrasing.Contains(name))
        {
            return !(isInLink && name == "a") && !Structure.Contains(around) && around != "head";
        }

        if (Phrasing.Contains(around) || HoldsPhrasing.Contains(around))
        {
            return false;
        }

        if (Parents.TryGetValue(name, out FrozenSet<string>? parents))
        {
            return parents.Contains(around);
        }

        return around == "head"
            ? name is "meta" or "link" or "style"
            : Flow.Contains(name) && !Structure.Contains(around);
    }

    public static FrozenSet<string> Names(params string[] lines) =>
        lines.SelectMany(line => line.Split(' ')).ToFrozenSet(StringComparer.Ordinal);
}
