using System.Globalization;
using Engine.Text.Words;
using FsCheck;
using FsCheck.Fluent;
using Tests.Support;
using Xunit;

namespace Text.Tests.Words;

public class WordBoundaryTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("can't stop", "can't| |stop")]
    [InlineData("a.b. c", "a.b|.| |c")]
    [InlineData("3.14, 1,000", "3.14|,| |1,000")]
    [InlineData("snake_case", "snake_case")]
    [InlineData("don'", "don|'")]
    [InlineData("א' ב\"ג", "א'| |ב\"ג")]
    [InlineData("日本", "日|本")]
    [InlineData("カタカナ", "カタカナ")]
    [InlineData("e\u0301a", "e\u0301a")]
    [InlineData("a\r\nb", "a|\r\n|b")]
    [InlineData("🇩🇪🇫🇷", "🇩🇪|🇫🇷")]
    [InlineData("\U00010041b a\U00020041", "\U00010041b| |a|\U00020041")]
    public void Words_end_where_people_see_it(string text, string words) =>
        Assert.Equal(words, string.Join('|', Words(text)));

    /// <summary>Unicode's own cases, all of them.</summary>
    [Fact]
    public void The_word_break_test_passes()
    {
        string? file = SharedData.Find("text/WordBreakTest.txt");
        Assert.SkipWhen(file is null, "there is no shared data");
        int cases = 0;
        foreach (string line in File.ReadLines(file).Select(line => line.Split('#')[0].Trim()))
        {
            if (line.Length == 0)
            {
                continue;
            }

            string text = "";
            var expected = new List<int>();
            foreach (string item in line.Split(' '))
            {
                if (item == "÷")
                {
                    expected.Add(text.Length);
                }
                else if (item != "×")
                {
                    text += char.ConvertFromUtf32(
                        int.Parse(item, NumberStyles.HexNumber, CultureInfo.InvariantCulture)
                    );
                }
            }

            Assert.True(expected.SequenceEqual(Places(text)), line);
            cases++;
        }

        Assert.Equal(1823, cases);
    }

    [Fact]
    public void The_next_boundary_is_the_nearest() =>
        Prop.ForAll<string>(text =>
            {
                text = string.Concat(Enumerable.Repeat(text ?? "", 20));
                var boundaries = new WordBoundaries();
                boundaries.Find(text);
                var found = new List<int>();
                for (int at = 0; at < text.Length; at = boundaries.Next(at, text.Length))
                {
                    found.Add(at);
                }

                return found.Append(text.Length).Distinct().SequenceEqual(Places(text).DefaultIfEmpty(0));
            })
            .QuickCheckThrowOnFailure();

    private static List<int> Places(string text)
    {
        var boundaries = new WordBoundaries();
        boundaries.Find("what was there before, which is longer than most of the cases are");
        boundaries.Find(text);
        return text.Length == 0 ? [] : [.. Enumerable.Range(0, text.Length + 1).Where(at => boundaries[at])];
    }

    private static IEnumerable<string> Words(string text) =>
        Places(text).Zip(Places(text).Skip(1), (from, to) => text[from..to]);
}
