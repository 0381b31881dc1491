using System.Text.Json;
using Engine.Text.Links;
using Tests.Support;
using Xunit;

namespace Text.Tests.Links;

public class LinkFinderTests
{
    [Theory]
    [InlineData("see shop.example and https://shop.example/a.", "https://shop.example/a")]
    [InlineData("a@b.com, HTTP://User:pw@Host.Example:8080/x", "a@b.com|HTTP://User:pw@Host.Example:8080/x")]
    [InlineData("(www.news.com/a_(b)), 10.0.0.1:80/x", "www.news.com/a_(b)|10.0.0.1:80/x")]
    [InlineData("file.txt, e.g. this... 3.14 1.2.3", "")]
    public void Links_are_found_as_people_write_them(string text, string links) =>
        Assert.Equal(links, string.Join('|', Links(text)));

    [Fact]
    public void Their_hosts_are_told() =>
        Assert.Equal(
            ["b.com", "host.example", "news.com"],
            LinkFinder.Find("a@B.com HTTP://User:pw@Host.Example:8080/x News.com/a").Select(link => link.Host)
        );

    /// <summary>The fixtures of linkify-it: the first link, or none.</summary>
    [Fact]
    public void The_first_link_is_the_one_that_fixtures_name()
    {
        string? file = SharedData.Find("messages/links.jsonl");
        Assert.SkipWhen(file is null, "there is no shared data");
        int cases = 0;
        var different = new List<string>();
        foreach (JsonElement row in File.ReadLines(file).Select(line => JsonDocument.Parse(line).RootElement))
        {
            cases++;
            string text = row.GetProperty("text").GetString()!;
            string? expected = row.GetProperty("links").EnumerateArray().FirstOrDefault()
                is { ValueKind: JsonValueKind.String } link
                ? link.GetString()
                : null;
            string? found = Links(text).FirstOrDefault();
            if (found != expected)
            {
                different.Add($"{text}: {found ?? "none"}");
            }
        }

        Assert.Equal(100, cases);
        Assert.True(different.Count == 0, $"{different.Count}:\n{string.Join('\n', different)}");
    }

    [Theory]
    [InlineData("a.")]
    [InlineData("a@")]
    [InlineData("//")]
    [InlineData("http://")]
    [InlineData("http://a@")]
    [InlineData("x.com/(")]
    [InlineData("a.b:")]
    [InlineData("mailto:a")]
    public void Long_texts_are_read_once(string part) =>
        Assert.NotNull(LinkFinder.Find(string.Concat(Enumerable.Repeat(part, 200_000))));

    private static IEnumerable<string> Links(string text) =>
        LinkFinder.Find(text).Select(link => text.Substring(link.Start, link.Length));
}
