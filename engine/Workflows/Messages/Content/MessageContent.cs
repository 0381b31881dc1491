using System.Globalization;
using Engine.Conditions;
using Engine.Text.Folding;
using Engine.Text.Html;
using Engine.Text.Languages;
using Engine.Text.Links;
using Engine.Text.LookAlikes;
using Engine.Text.Words;

namespace Engine.Workflows.Messages.Content;

/// <summary>A word of a text.</summary>
internal readonly record struct Word(int Start, int Length);

/// <summary>What conditions read of a message's text, each computed once if a rule asks for it. Not
/// thread-safe.</summary>
internal sealed class MessageContent
{
    private List<Word>? _words;
    private List<TextLink>? _links;
    private string? _language;
    private string[]? _foldedWords,
        _skeletonWords;
    private CelValue? _folded,
        _skeleton,
        _hosts,
        _amounts,
        _tags;

    private readonly BookmarkedPhrases _bookmarks;
    private readonly IReadOnlyList<TextRange> _passages;
    private readonly bool _isHtml;

    /// <param name="isHtml">Whether the text is HTML, of which only the text counts.</param>
    /// <param name="bookmarks">What <see cref="Tags"/> looks for.</param>
    public MessageContent(string text, bool isHtml, BookmarkedPhrases bookmarks)
    {
        _bookmarks = bookmarks;
        HtmlContent? html = isHtml ? Parse(text) : null;
        _isHtml = html != null;
        Text = html?.Text ?? text;
        _passages = html?.Passages ?? [new TextRange(0, text.Length)];
    }

    /// <summary>The text, of HTML without its markup.</summary>
    public string Text { get; }

    public IReadOnlyList<Word> Words => _words ??= FindWords();

    public IReadOnlyList<TextLink> Links => _links ??= LinkFinder.Find(Text);

    /// <summary>Each word without letter case and accents.</summary>
    public IReadOnlyList<string> FoldedWords => _foldedWords ??= FoldWords();

    /// <summary>Each word as it looks.</summary>
    public IReadOnlyList<string> SkeletonWords => _skeletonWords ??= [.. Words.Select(word => Skeleton.Of(Of(word)))];

    /// <summary>The words without letter case and accents.</summary>
    public CelValue Folded => _folded ??= ListOf(FoldedWords);

    /// <summary>The words as they look: what looks alike is the same.</summary>
    public CelValue Skeletons => _skeleton ??= ListOf(SkeletonWords);

    /// <summary>The hosts of links.</summary>
    public CelValue Hosts => _hosts ??= ListOf(Links.Select(link => link.Host));

    /// <summary>The numbers in the text.</summary>
    public CelValue Amounts =>
        _amounts ??= CelValue.Of([.. AmountFinder.Find(Text).Select(amount => CelValue.Of(amount))]);

    /// <summary>The tags of bookmarks in the text.</summary>
    public CelValue Tags => _tags ??= ListOf(_bookmarks.TagsIn(Text, _passages, _isHtml));

    /// <summary>The code of the language; empty if none can be told.</summary>
    public string Language => _language ??= LanguageFinder.Find(Text);

    /// <summary>The length in code points, as CEL counts.</summary>
    public long Length => Text.Length - Text.Count(char.IsLowSurrogate);

    public string Of(Word word) => Text.Substring(word.Start, word.Length);

    public static string Fold(string word) => FoldedText.Of(word);

    private static HtmlContent? Parse(string html)
    {
        try
        {
            return HtmlContent.Parse(html, isFragment: true);
        }
        catch (HtmlRefusedException)
        {
            // Too deep to be read as HTML; its source is text, too.
            return null;
        }
    }

    private static CelValue ListOf(IEnumerable<string> texts) =>
        CelValue.Of([.. texts.Distinct(StringComparer.Ordinal).Select(text => CelValue.Of(text))]);

    private string[] FoldWords()
    {
        var fold = new FoldedText();
        // Most words of a text occur in it again.
        var distinct = new HashSet<string>(StringComparer.Ordinal);
        var known = distinct.GetAlternateLookup<ReadOnlySpan<char>>();
        string[] folded = new string[Words.Count];
        for (int i = 0; i < folded.Length; i++)
        {
            fold.Fold(Text.AsSpan(Words[i].Start, Words[i].Length));
            if (!known.TryGetValue(fold.Units, out string? text))
            {
                distinct.Add(text = fold.Units.ToString());
            }

            folded[i] = text;
        }

        return folded;
    }

    private List<Word> FindWords()
    {
        var boundaries = new WordBoundaries();
        boundaries.Find(Text);
        List<Word> words = [];
        for (int start = 0; start < Text.Length;)
        {
            int end = boundaries.Next(start, Text.Length);
            if (HasLetter(Text.AsSpan(start, end - start)))
            {
                words.Add(new Word(start, end - start));
            }

            start = end;
        }

        return words;
    }

    private static bool HasLetter(ReadOnlySpan<char> segment)
    {
        foreach (System.Text.Rune rune in segment.EnumerateRunes())
        {
            if (
                System.Text.Rune.IsLetterOrDigit(rune)
                || System.Text.Rune.GetUnicodeCategory(rune) == UnicodeCategory.OtherSymbol
            )
            {
                return true;
            }
        }

        return false;
    }
}
