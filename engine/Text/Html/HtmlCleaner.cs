using System.Buffers;
using System.Collections.Frozen;
using AngleSharp.Dom;

namespace Engine.Text.Html;

/// <summary>Tells what of a document may stay: neither what a browser could run, nor what browsers and this parser
/// could read in two ways. Everything else stays as it is. Elements and attributes are judged by what they are allowed
/// to be where that is possible: all elements of SVG and MathML, and all addresses.</summary>
internal sealed class HtmlCleaner
{
    /// <summary>Run, load or hide something that runs; dropped with what they hold.</summary>
    private static readonly FrozenSet<string> Dropped = HtmlNames.Names(
        "script iframe frame frameset object embed applet template plaintext portal fencedframe param bgsound keygen"
    );

    private static readonly FrozenSet<string> Drawing = HtmlNames.Names(
        "svg g path rect circle ellipse line polyline polygon text tspan textPath defs symbol use linearGradient",
        "radialGradient stop clipPath mask pattern marker title desc image filter switch view feBlend feColorMatrix",
        "feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight",
        "feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feImage feMerge feMergeNode feMorphology",
        "feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence a"
    );

    private static readonly FrozenSet<string> Formula = HtmlNames.Names(
        "math maction maligngroup menclose merror mfenced mfrac mi mmultiscripts mn mo mover mpadded mphantom",
        "mprescripts mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none",
        "semantics annotation"
    );

    /// <summary>Attributes whose value is an address, or several.</summary>
    private static readonly FrozenSet<string> Addresses = HtmlNames.Names(
        "href src action formaction background cite codebase data dynsrc icon longdesc lowsrc manifest ping poster",
        "profile usemap classid archive xlink:href from to values by definitionurl altimg"
    );

    private static readonly FrozenSet<string> Schemes = HtmlNames.Names(
        "http https mailto tel ftp sms cid xmpp callto irc"
    );

    /// <summary>These show data, and run none of it.</summary>
    private static readonly FrozenSet<string> ShowsData = HtmlNames.Names("img audio video source track image feImage");

    private static readonly FrozenSet<string> Pragmas = HtmlNames.Names(
        "content-type content-language x-ua-compatible"
    );

    private static readonly FrozenSet<string> LoadsScripts = HtmlNames.Names(
        "import modulepreload preload prefetch prerender serviceworker manifest"
    );

    private static readonly SearchValues<char> NameLetters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:"
    );

    private readonly HashSet<INode> _dropped = [];

    /// <summary>Whether what is left is written and read again without a change, for sure.</summary>
    public bool IsPlain { get; private set; } = true;

    /// <summary>Judges what is below a node, and removes attributes. Nodes are kept: taking them out of their lists
    /// takes time quadratic in them.</summary>
    public static HtmlCleaner Clean(INode root)
    {
        var cleaner = new HtmlCleaner();
        cleaner.CleanChildren(root, null, HtmlNames.Html, isInLink: false);
        return cleaner;
    }

    /// <summary>Whether a node goes, with what it holds.</summary>
    public bool IsDropped(INode node) => _dropped.Count > 0 && _dropped.Contains(node);

    private void CleanChildren(INode node, IElement? parent, string space, bool isInLink)
    {
        // By index: a node finds its next sibling by looking for itself.
        INodeList children = node.ChildNodes;
        for (int i = 0; i < children.Length; i++)
        {
            INode child = children[i];
            switch (child)
            {
                case IElement element when MayStay(element, space):
                    CleanAttributes(element);
                    IsPlain =
                        IsPlain
                        && element.NamespaceUri == HtmlNames.Html
                        && HtmlNames.IsPlain(element, parent, isInLink);
                    CleanChildren(element, element, element.NamespaceUri!, isInLink || element.LocalName == "a");
                    break;
                case IComment comment when MayStay(comment.Data):
                case IDocumentType:
                case ICharacterData and not (IComment or IProcessingInstruction):
                    break;
                default:
                    _dropped.Add(child);
                    break;
            }
        }
    }

    private static bool MayStay(IElement element, string space)
    {
        string name = element.LocalName;
        switch (element.NamespaceUri)
        {
            case HtmlNames.Html:
                // HTML within drawings and formulas is where readers differ.
                return space == HtmlNames.Html
                    && !Dropped.Contains(name)
                    && IsName(name)
                    && (!HtmlNames.RawText.Contains(name) || IsPlainText(element))
                    && name switch
                    {
                        "meta" => element.GetAttribute("http-equiv") is not { } pragma
                            || Pragmas.Contains(pragma.Trim().ToLowerInvariant()),
                        "link" => !(element.GetAttribute("rel") ?? "")
                            .ToLowerInvariant()
                            .Split([' ', '\t', '\n', '\f', '\r'])
                            .Any(LoadsScripts.Contains),
                        "base" => false,
                        _ => true,
                    };
            case HtmlNames.Svg:
                return Drawing.Contains(name);
            case HtmlNames.MathMl:
                return Formula.Contains(name);
            default:
                return false;
        }
    }

    /// <summary>Whether an element holds text that is the same to those who take it as it is and to those who look for
    /// tags in it. Browsers that run scripts do so with noscript; this parser takes it for markup.</summary>
    private static bool IsPlainText(IElement element) =>
        element.ChildElementCount == 0
        && !element.TextContent.Contains('<')
        && !(element.LocalName == "noscript" && element.TextContent.Contains('&'));

    /// <summary>A comment that nobody takes for anything else.</summary>
    private static bool MayStay(string comment) =>
        comment.AsSpan().IndexOfAny('<', '>') < 0
        && !comment.Contains("--", StringComparison.Ordinal)
        && !comment.StartsWith('-')
        && !comment.EndsWith('-');

    private static void CleanAttributes(IElement element)
    {
        for (int i = element.Attributes.Length - 1; i >= 0; i--)
        {
            IAttr attribute = element.Attributes[i]!;
            if (!MayStay(element, attribute))
            {
                element.Attributes.RemoveNamedItem(attribute.Name);
            }
        }
    }

    private static bool MayStay(IElement element, IAttr attribute)
    {
        string name = attribute.Name.ToLowerInvariant();
        return IsName(name)
            && !name.StartsWith("on", StringComparison.Ordinal)
            && name is not ("srcdoc" or "xml:base" or "is" or "shadowrootmode" or "ev:handler")
            && (!Addresses.Contains(name) || IsHarmless(attribute.Value, element));
    }

    private static bool IsName(string name) =>
        char.IsAsciiLetter(name[0]) && !name.AsSpan().ContainsAnyExcept(NameLetters);

    /// <summary>Whether an address has no scheme, or one that leads somewhere and runs nothing. Browsers skip controls
    /// and spaces before it, and line ends and tabs within.</summary>
    private static bool IsHarmless(string address, IElement element)
    {
        string plain = string.Concat(address.Where(c => c > ' ' && !char.IsControl(c) && !char.IsWhiteSpace(c)));
        int colon = plain.IndexOf(':', StringComparison.Ordinal);
        int path = plain.AsSpan().IndexOfAny("/?#");
        if (colon < 0 || (path >= 0 && path < colon))
        {
            return true;
        }

        string scheme = plain[..colon].ToLowerInvariant();
        return Schemes.Contains(scheme) || (scheme == "data" && ShowsData.Contains(element.LocalName));
    }
}
