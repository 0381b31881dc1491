using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace Engine.Text.Html;

/// <summary>
/// A document, or a part of one, as text to compare and to emphasise. Safe by construction: what a browser could run
/// is taken out when it is read (<see cref="HtmlCleaner"/>), what is written is escaped throughout, and read again it
/// gives the same. Everything harmless stays.
/// </summary>
public sealed class HtmlContent
{
    /// <summary>Pages have some ten levels. Parsing takes time quadratic in them.</summary>
    private const int MaxDepth = 512;

    /// <summary>The sum of all elements' depths, beyond one for each unit of the HTML: bounds what is copied when
    /// badly nested elements are opened again.</summary>
    private const int MaxWork = 100_000;

    /// <summary>Most HTML reads the same once it was written; some takes a second or third turn.</summary>
    private const int MaxTurns = 5;

    private readonly INode _root;
    private readonly HtmlCleaner _cleaned;
    private readonly List<TextRange> _passages = [];

    /// <summary>Whether a passage that was begun has ended.</summary>
    private bool _isInterrupted;

    private HtmlContent(INode root, HtmlCleaner cleaned)
    {
        (_root, _cleaned) = (root, cleaned);
        var text = new StringBuilder();
        Collect(root, text, isShown: true);
        Text = text.ToString();
    }

    /// <summary>The text of all text nodes, in order.</summary>
    public string Text { get; }

    /// <summary>The parts of the text that may be emphasised, as long as no block, link or code interrupts them.
    /// </summary>
    public IReadOnlyList<TextRange> Passages => _passages;

    /// <summary>Reads a document, or a part of a body.</summary>
    /// <param name="isFragment">Whether it is part of a body even if it has a head or a body of its own.</param>
    /// <exception cref="HtmlRefusedException">It is nested too deep, or can't be written safely.</exception>
    public static HtmlContent Parse(string html, bool isFragment = false)
    {
        bool isDocument = !isFragment && IsDocument(html);
        for (int turn = 0; turn < MaxTurns; turn++)
        {
            INode root = Read(html, isDocument);
            HtmlCleaner cleaned = HtmlCleaner.Clean(root);
            if (cleaned.IsPlain)
            {
                return new HtmlContent(root, cleaned);
            }

            string written = HtmlWriter.Write(root, cleaned, [], "");
            if (written == html)
            {
                return new HtmlContent(root, cleaned);
            }

            html = written;
        }

        throw new HtmlRefusedException("the HTML reads differently each time it is written; mend how it is nested");
    }

    /// <summary>Writes it, with parts emphasised that lie within passages, in order, none overlapping.</summary>
    /// <param name="aboutName">The attribute with what is shown on hover and focus.</param>
    public string Write(IReadOnlyList<Emphasis> emphases, string aboutName = "title") =>
        HtmlWriter.Write(_root, _cleaned, emphases, aboutName);

    /// <summary>Writes a plain text as HTML, with parts emphasised.</summary>
    /// <inheritdoc cref="Write(IReadOnlyList{Emphasis}, string)"/>
    public static string Write(string text, IReadOnlyList<Emphasis> emphases, string aboutName = "title") =>
        HtmlWriter.Write(text, emphases, aboutName);

    /// <summary>Whether the HTML has a head or a body of its own.</summary>
    private static bool IsDocument(string html)
    {
        for (int at = 0; (at = html.IndexOf('<', at)) >= 0; at++)
        {
            ReadOnlySpan<char> rest = html.AsSpan(at + 1);
            foreach (string name in (ReadOnlySpan<string>)["!doctype", "html", "head", "body", "frameset"])
            {
                if (
                    rest.StartsWith(name, StringComparison.OrdinalIgnoreCase)
                    && (rest.Length == name.Length || !char.IsAsciiLetterOrDigit(rest[name.Length]))
                    && (rest.Length == name.Length || rest[name.Length] != '-')
                )
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static INode Read(string html, bool isDocument)
    {
        long work = 0;
        IElement? last = null;
        var parser = new HtmlParser(
            new HtmlParserOptions
            {
                OnCreated = (element, _) =>
                {
                    // It isn't in its place yet; the one before is, with copies that nobody was told of below it.
                    int depth = 0;
                    for (INode? above = last; above != null; above = above.Parent)
                    {
                        depth++;
                    }

                    work += depth;
                    for (INode? below = last?.LastChild; below != null; below = below.LastChild)
                    {
                        work++;
                    }

                    if (depth > MaxDepth)
                    {
                        throw new HtmlRefusedException($"the HTML is nested more than {MaxDepth} elements deep");
                    }

                    if (work > MaxWork + html.Length)
                    {
                        throw new HtmlRefusedException(
                            "the HTML has too many elements, or nests them too deep, for its length"
                        );
                    }

                    last = element;
                },
            }
        );
        if (isDocument)
        {
            return parser.ParseDocument(html);
        }

        IElement body = parser.ParseDocument("<!DOCTYPE html>").Body!;
        last = null;
        IDocumentFragment fragment = body.Owner!.CreateDocumentFragment();
        foreach (INode node in parser.ParseFragment(html, body).ToArray())
        {
            fragment.AppendChild(node);
        }

        return fragment;
    }

    /// <summary>Collects the text below a node.</summary>
    /// <param name="isShown">Whether it is shown and may be emphasised.</param>
    private void Collect(INode node, StringBuilder text, bool isShown)
    {
        bool mayHold = isShown && !(node is IElement around && HtmlNames.Structure.Contains(around.LocalName));
        INodeList children = node.ChildNodes;
        for (int i = 0; i < children.Length; i++)
        {
            INode child = children[i];
            if (_cleaned.IsDropped(child))
            {
                continue;
            }

            if (child is IElement element)
            {
                bool isHtml = element.NamespaceUri == HtmlNames.Html,
                    interrupts = !isHtml || !HtmlNames.Inline.Contains(element.LocalName);
                _isInterrupted |= interrupts;
                Collect(element, text, isShown && isHtml && !HtmlNames.Untouched.Contains(element.LocalName));
                _isInterrupted |= interrupts;
            }
            else if (child is ICharacterData data and not IComment)
            {
                if (mayHold)
                {
                    Append(new TextRange(text.Length, data.Data.Length));
                }

                text.Append(data.Data);
            }
        }
    }

    private void Append(TextRange range)
    {
        if (!_isInterrupted && _passages.Count > 0 && _passages[^1].End == range.Start)
        {
            _passages[^1] = _passages[^1] with { Length = _passages[^1].Length + range.Length };
        }
        else
        {
            _passages.Add(range);
        }

        _isInterrupted = false;
    }
}
