using System.Globalization;
using Engine.Text.Folding;
using FsCheck;
using FsCheck.Fluent;
using Tests.Support;
using Xunit;

namespace Text.Tests.Folding;

public class FoldingTests
{
    [Theory]
    [InlineData("STRASSE", "straße")]
    [InlineData("STRASSE", "STRAẞE")]
    [InlineData("fine", "ﬁne")]
    [InlineData("ΣΊΣΥΦΟΣ", "σίσυφος")]
    [InlineData("café", "cafe\u0301")]
    [InlineData("CAFE", "café")]
    [InlineData("Ёлка й", "елка и")]
    [InlineData("ＡＢＣ１", "abc1")]
    [InlineData("한글", "\u1112\u1161\u11AB\u1100\u1173\u11AF")]
    [InlineData("ガ", "ｶﾞ")]
    [InlineData("ᾼ", "α\u0345")]
    [InlineData("x²", "X2")]
    [InlineData("a\u00A0b", "a b")]
    [InlineData("co\u00ADokie", "cookie")]
    [InlineData("İI", "ii")]
    [InlineData("𝐀𝒶", "aa")]
    public void These_compare_as_equal(string one, string other) =>
        Assert.Equal(FoldedText.Of(one), FoldedText.Of(other));

    [Theory]
    [InlineData("か", "が")]
    [InlineData("ı", "i")]
    [InlineData("कि", "कु")]
    [InlineData("a b", "ab")]
    [InlineData("æ", "ae")]
    public void These_stay_different(string one, string other) =>
        Assert.NotEqual(FoldedText.Of(one), FoldedText.Of(other));

    [Fact]
    public void Every_full_case_folding_of_Unicode_holds()
    {
        string? file = SharedData.Find("text/CaseFolding.txt");
        Assert.SkipWhen(file is null, "there is no shared data");
        foreach (
            string line in File.ReadLines(file).Select(line => line.Split('#')[0]).Where(line => line.Contains(';'))
        )
        {
            string[] row = line.Split(';', StringSplitOptions.TrimEntries);
            if (row[1] is "C" or "F")
            {
                Assert.Equal(FoldedText.Of(Points(row[2])), FoldedText.Of(Points(row[0])));
            }
        }
    }

    [Fact]
    public void Folding_again_changes_nothing_and_every_unit_has_its_source() =>
        Prop.ForAll<string>(text =>
            {
                text ??= "";
                var folded = new FoldedText();
                folded.Fold(text);
                string units = folded.Units.ToString();
                int last = 0;
                for (int i = 0; i <= units.Length; i++)
                {
                    Assert.InRange(folded.SourceOf(i), last, text.Length);
                    last = folded.SourceOf(i);
                    Assert.InRange(folded.SourceEnd(i, text), 0, last);
                }

                return FoldedText.Of(units) == units;
            })
            .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("xcafe\u0301 y", 1, 5, "cafe\u0301")]
    [InlineData("die Straße.", 4, 11, "Straße")]
    [InlineData("un cafe\u0301", 3, 7, "cafe\u0301")]
    [InlineData("co\u00ADokie\u200B next", 0, 6, "co\u00ADokie")]
    [InlineData("\u1112\u1161\u11AB\u1100\u1173\u11AF!", 0, 2, "\u1112\u1161\u11AB\u1100\u1173\u11AF")]
    public void A_part_of_the_folded_text_is_a_part_of_the_source(string text, int start, int end, string part)
    {
        var folded = new FoldedText();
        folded.Fold(text);
        Assert.True(folded.IsStart(start) && folded.IsStart(end));
        Assert.Equal(part, text[folded.SourceOf(start)..folded.SourceEnd(end, text)]);
    }

    [Fact]
    public void No_part_ends_within_a_character()
    {
        var folded = new FoldedText();
        folded.Fold("ßa");
        Assert.Equal([true, false, true], Enumerable.Range(0, 3).Select(folded.IsStart));
    }

    [Fact]
    public void White_space_collapses_where_it_should() =>
        Assert.Equal("a b c", FoldedText.Of("a \n\t b\rc", collapses: true));

    private static string Points(string text) =>
        string.Concat(
            text.Split(' ')
                .Select(point =>
                    char.ConvertFromUtf32(int.Parse(point, NumberStyles.HexNumber, CultureInfo.InvariantCulture))
                )
        );
}
