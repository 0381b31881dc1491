using Engine.Text.Phrases;
using Xunit;

namespace Text.Tests.Phrases;

public class PhraseFinderTests
{
    [Theory]
    [InlineData("straße", "Die STRASSE hier", "STRASSE")]
    [InlineData("fine", "a ﬁne day", "ﬁne")]
    [InlineData("Σ", "σ ς Σ", "σ|ς|Σ")]
    [InlineData("cafe", "le café, un cafe\u0301", "café|cafe\u0301")]
    [InlineData("ass", "class ass, ass-word", "ass|ass")]
    [InlineData("cat|cat food", "cat foods and Cat Food", "cat|Cat Food")]
    [InlineData("cookie stuffing", "Cookie  stuffing? cookie stuffing!", "cookie stuffing")]
    [InlineData(" padded ", "is padded here", "padded")]
    [InlineData("s", "ß s", "s")]
    [InlineData("i", "İ ı I", "İ|I")]
    [InlineData("c++", "C++ and c+++", "C++|c++")]
    [InlineData("日本", "在日本的", "日本")]
    [InlineData("カタ", "カタカナ", "")]
    [InlineData("don't", "DON'T don’t", "DON'T")]
    public void Words_are_compared_as_people_read_them(string phrases, string text, string found) =>
        Assert.Equal(found, string.Join('|', Find(phrases, text, PhraseComparison.Words)));

    [Theory]
    [InlineData("カタ", "カタカナ", "カタ")]
    [InlineData("ass", "CLASS", "ASS")]
    [InlineData("s", "ß", "")]
    public void Boundaries_may_not_count(string phrases, string text, string found) =>
        Assert.Equal(found, string.Join('|', Find(phrases, text, PhraseComparison.Anywhere)));

    [Theory]
    [InlineData("ass|Class", "class Class ass", "ass|Class|ass")]
    [InlineData("e", "e\u0301 é", "e")]
    public void Exact_is_exact(string phrases, string text, string found) =>
        Assert.Equal(found, string.Join('|', Find(phrases, text, PhraseComparison.Exact)));

    [Fact]
    public void White_space_collapses_where_the_text_is_shown_so()
    {
        PhraseBook book = PhraseBook.Build(["cookie stuffing"], PhraseComparison.Words);
        var found = new List<PhraseMatch>();
        new PhraseFinder(book).Find("a cookie\n   stuffing", found, offset: 10, collapses: true);
        Assert.Equal([new PhraseMatch(12, 18, 0)], found);
    }

    [Fact]
    public void A_text_of_one_letter_takes_no_time()
    {
        string[] phrases = [.. Enumerable.Range(1, 500).Select(length => new string('a', length))];
        var found = new List<PhraseMatch>();
        string text = new('a', 100 * 1024);
        new PhraseFinder(PhraseBook.Build(phrases, PhraseComparison.Exact)).Find(text, found);
        Assert.Equal(205, found.Count);
        found.Clear();
        new PhraseFinder(PhraseBook.Build(phrases, PhraseComparison.Words)).Find(text, found);
        Assert.Empty(found);
    }

    private static IEnumerable<string> Find(string phrases, string text, PhraseComparison comparison)
    {
        var found = new List<PhraseMatch>();
        new PhraseFinder(PhraseBook.Build(phrases.Split('|'), comparison)).Find(text, found);
        return found.Select(match => text.Substring(match.Start, match.Length));
    }
}
