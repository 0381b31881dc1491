using System.Buffers;
using System.Globalization;
using System.Text;
using AngleSharp.Dom;

namespace Engine.Text.Html;

/// <summary>Writes nodes as HTML, with parts of their text emphasised: for each text node that a part touches, one
/// <c>mark</c> element, so what is written is nested as what was read. Attributes' angle brackets are escaped too, so
/// that no reader sees a tag in one.</summary>
internal sealed class HtmlWriter(HtmlCleaner? cleaned, IReadOnlyList<Emphasis> emphases, string aboutName)
{
    private static readonly SearchValues<char> Escaped = SearchValues.Create("&<>\r\0");

    private readonly StringBuilder _out = new();

    /// <summary>How much text was passed, in UTF-16 units.</summary>
    private int _at;

    /// <summary>The first part that isn't passed.</summary>
    private int _next;

    public static string Write(INode root, HtmlCleaner cleaned, IReadOnlyList<Emphasis> emphases, string aboutName)
    {
        var writer = new HtmlWriter(cleaned, emphases, aboutName);
        writer.WriteChildren(root);
        return writer._out.ToString();
    }

    public static string Write(string text, IReadOnlyList<Emphasis> emphases, string aboutName)
    {
        var writer = new HtmlWriter(null, emphases, aboutName);
        writer.WriteText(text);
        return writer._out.ToString();
    }

    private void WriteChildren(INode node)
    {
        INodeList children = node.ChildNodes;
        for (int i = 0; i < children.Length; i++)
        {
            switch (children[i])
            {
                case INode dropped when cleaned!.IsDropped(dropped):
                    break;
                case IElement element:
                    WriteElement(element);
                    break;
                case IComment comment:
                    _out.Append("<!--").Append(comment.Data).Append("-->");
                    break;
                case IDocumentType type:
                    WriteType(type);
                    break;
                case ICharacterData text
                    when node is IElement { NamespaceUri: HtmlNames.Html, LocalName: var name }
                        && HtmlNames.RawText.Contains(name):
                    _out.Append(text.Data);
                    _at += text.Data.Length;
                    break;
                case ICharacterData text:
                    WriteText(text.Data);
                    break;
            }
        }
    }

    private void WriteElement(IElement element)
    {
        string name = element.LocalName;
        _out.Append('<').Append(name);
        INamedNodeMap attributes = element.Attributes;
        for (int i = 0; i < attributes.Length; i++)
        {
            WriteAttribute(attributes[i]!.Name, attributes[i]!.Value);
        }

        _out.Append('>');
        bool isHtml = element.NamespaceUri == HtmlNames.Html;
        if (isHtml && HtmlNames.Void.Contains(name))
        {
            return;
        }

        if (
            isHtml
            && HtmlNames.SwallowsLineFeed.Contains(name)
            && FirstOf(element) is ICharacterData { Data: ['\n', ..] }
        )
        {
            _out.Append('\n');
        }

        WriteChildren(element);
        _out.Append("</").Append(name).Append('>');
    }

    private INode? FirstOf(IElement element)
    {
        foreach (INode child in element.ChildNodes)
        {
            if (!cleaned!.IsDropped(child))
            {
                return child;
            }
        }

        return null;
    }

    private void WriteType(IDocumentType type)
    {
        _out.Append("<!DOCTYPE ").Append(type.Name);
        string? known = type.PublicIdentifier,
            system = type.SystemIdentifier;
        if (IsQuotable(known) && IsQuotable(system))
        {
            if (known!.Length > 0)
            {
                _out.Append(" PUBLIC \"").Append(known).Append('"');
            }
            else if (system!.Length > 0)
            {
                _out.Append(" SYSTEM");
            }

            if (system!.Length > 0)
            {
                _out.Append(" \"").Append(system).Append('"');
            }
        }

        _out.Append('>');
    }

    private static bool IsQuotable(string? text) => text != null && text.AsSpan().IndexOfAny("\"<>") < 0;

    private void WriteAttribute(string name, string value)
    {
        _out.Append(' ').Append(name).Append("=\"");
        foreach (char unit in value)
        {
            if (unit == '"')
            {
                _out.Append("&quot;");
            }
            else
            {
                WriteUnit(unit);
            }
        }

        _out.Append('"');
    }

    private void WriteText(string text)
    {
        int end = _at + text.Length;
        int done = _at;
        while (_next < emphases.Count && emphases[_next].Start < end)
        {
            Emphasis emphasis = emphases[_next];
            int from = Math.Max(emphasis.Start, _at),
                to = Math.Min(emphasis.Start + emphasis.Length, end);
            WriteUnits(text.AsSpan(done - _at, from - done));
            WriteMark(emphasis, isFirst: from == emphasis.Start);
            WriteUnits(text.AsSpan(from - _at, to - from));
            _out.Append("</mark>");
            done = to;
            if (emphasis.Start + emphasis.Length > end)
            {
                break;
            }

            _next++;
        }

        WriteUnits(text.AsSpan(done - _at));
        _at = end;
    }

    /// <summary>Of the pieces of one part, the keyboard stops at the first.</summary>
    private void WriteMark(Emphasis emphasis, bool isFirst)
    {
        _out.Append("<mark class=\"depth-").Append(emphasis.Depth.ToString(CultureInfo.InvariantCulture)).Append('"');
        if (isFirst)
        {
            _out.Append(" tabindex=\"0\"");
        }

        WriteAttribute(aboutName, emphasis.About);
        _out.Append('>');
    }

    private void WriteUnits(ReadOnlySpan<char> text)
    {
        while (text.IndexOfAny(Escaped) is >= 0 and var special)
        {
            _out.Append(text[..special]);
            WriteUnit(text[special]);
            text = text[(special + 1)..];
        }

        _out.Append(text);
    }

    private void WriteUnit(char unit) =>
        _ = unit switch
        {
            '&' => _out.Append("&amp;"),
            '<' => _out.Append("&lt;"),
            '>' => _out.Append("&gt;"),
            // A reader would take it for a line feed.
            '\r' => _out.Append("&#13;"),
            '\0' => _out.Append('\uFFFD'),
            _ => _out.Append(unit),
        };
}
