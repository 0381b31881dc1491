using System.Globalization;
using Engine.Text.LookAlikes;
using Tests.Support;
using Xunit;

namespace Text.Tests.LookAlikes;

public class SkeletonTests
{
    [Theory]
    [InlineData("paypal", "раураl")]
    [InlineData("paypal", "PAYPAI")]
    [InlineData("Internet", "internet")]
    [InlineData("modern", "modem")]
    [InlineData("g00gle", "Google")]
    [InlineData("bitcoin", "b\u200Bit\u00ADcоin")]
    [InlineData("fraud", "𝐟𝐫𝐚𝐮𝐝")]
    [InlineData("Café", "cafe")]
    public void What_looks_alike_has_one_skeleton(string one, string other) =>
        Assert.Equal(Skeleton.Of(one), Skeleton.Of(other));

    [Theory]
    [InlineData("paypal", "paypol")]
    [InlineData("ass", "class")]
    public void What_looks_different_has_two(string one, string other) =>
        Assert.NotEqual(Skeleton.Of(one), Skeleton.Of(other));

    [Fact]
    public void Every_confusable_of_Unicode_looks_like_its_prototype()
    {
        string? file = SharedData.Find("messages/confusables.txt");
        Assert.SkipWhen(file is null, "there is no shared data");
        int cases = 0;
        var different = new List<string>();
        foreach (
            string line in File.ReadLines(file)
                .Select(line => line.Split('#')[0].Trim('\uFEFF', ' ', '\t'))
                .Where(line => line.Contains(';'))
        )
        {
            string[] row = line.Split(';', StringSplitOptions.TrimEntries);
            cases++;
            if (Skeleton.Of(Text(row[0])) != Skeleton.Of(Text(row[1])))
            {
                different.Add(line);
            }
        }

        Assert.Equal(6311, cases);
        Assert.True(different.Count == 0, $"{different.Count}: {string.Join(" | ", different.Take(40))}");
    }

    private static string Text(string points) =>
        string.Concat(
            points
                .Split(' ')
                .Select(point =>
                    char.ConvertFromUtf32(int.Parse(point, NumberStyles.HexNumber, CultureInfo.InvariantCulture))
                )
        );
}
