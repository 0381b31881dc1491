using System.Text.Json;
using Engine.Workflows.ContentRequests.Settings;
using Tests.Support;
using Xunit;

namespace Workflows.Tests.ContentRequests;

/// <summary>Which addresses are a sponsor's own, however they are spelt, and which only look so.</summary>
public class ResourceTests
{
    private static bool Covers(string prefix, string address)
    {
        ResourcePrefix own = ResourcePrefix.Parse(prefix) ?? throw new ArgumentException(prefix);
        bool covers = ResourceAddress.TryParse(address, out ResourceAddress parsed) && own.Covers(parsed);
        // The short way finds nothing that the long one doesn't.
        if (own.CoversPlainly(address))
        {
            Assert.True(covers, address);
        }

        return covers;
    }

    [Theory]
    [InlineData("https://news.example/")]
    [InlineData("https://news.example")]
    [InlineData("https://news.example/a/b?c=d#e")]
    [InlineData("https://news.example?x=1")]
    [InlineData("HTTPS://News.EXAMPLE/A")]
    [InlineData("https://news.example:443/")]
    [InlineData("https://news.example:/")]
    [InlineData("https://news.example:00443/")]
    [InlineData("https://news.example/a/%2e%2e/../../b")]
    [InlineData("https://news.example/?u=https://other.example/@")]
    [InlineData("https://news.example/http://other.example/")]
    public void Of_a_host(string address)
    {
        Assert.True(Covers("https://news.example/", address));
        Assert.True(Covers("https://NEWS.example:443", address));
    }

    [Theory]
    [InlineData("https://news.example.evil/")]
    [InlineData("https://news.exampleevil/")]
    [InlineData("https://evilnews.example/")]
    [InlineData("https://www.news.example/")]
    [InlineData("http://news.example/")]
    [InlineData("https://news.example:8443/")]
    [InlineData("https://news.example@evil.example/")]
    [InlineData("https://news.example:443@evil.example/")]
    [InlineData("https://user@news.example/")]
    [InlineData("https://evil.example/https://news.example/")]
    [InlineData("https://evil.example/?https://news.example/")]
    [InlineData("https://evil.example#https://news.example/")]
    [InlineData("https://evil.example\\@news.example/")]
    [InlineData("https://news.example\\.evil.example/")]
    [InlineData("https://news.example%2eevil.example/")]
    [InlineData("https://news%2Eexample/")]
    [InlineData("https://news.example%00.evil.example/")]
    [InlineData("https://news.example\u3002evil.example/")]
    [InlineData("https://news。example/")]
    [InlineData("https://news.example./")]
    [InlineData("https://news.example:99999/")]
    [InlineData("https://news.example:4 43/")]
    [InlineData("https://news.example:-443/")]
    [InlineData("https://[news.example]/")]
    [InlineData("https://news.example[::1]/")]
    [InlineData("https://[::1]news.example/")]
    [InlineData("https:// news.example/")]
    [InlineData(" https://news.example/")]
    [InlineData("https://news.example/\n")]
    [InlineData("https:/news.example/")]
    [InlineData("https:news.example/")]
    [InlineData("https:///news.example/")]
    [InlineData("//news.example/")]
    [InlineData("news.example")]
    [InlineData("javascript://news.example/")]
    [InlineData("blob:https://news.example/")]
    [InlineData("https://")]
    [InlineData("")]
    public void Only_looks_like_it(string address) => Assert.False(Covers("https://news.example/", address));

    [Theory]
    [InlineData("https://x.example/sport/", "https://x.example/sport/a", true)]
    [InlineData("https://x.example/sport/", "https://x.example/sport/", true)]
    [InlineData("https://x.example/sport", "https://x.example/sport", true)]
    [InlineData("https://x.example/sport", "https://x.example/sport?a", true)]
    [InlineData("https://x.example/sport", "https://x.example/sport/a", true)]
    [InlineData("https://x.example/sport/", "https://x.example/%73port/a", true)]
    [InlineData("https://x.example/s%70ort/", "https://x.example/sport/a", true)]
    [InlineData("https://x.example/sport/", "https://x.example/news/../sport/a", true)]
    [InlineData("https://x.example/a%c3%a4/", "https://x.example/a%C3%A4/b", true)]
    [InlineData("https://x.example/sport/", "https://x.example/sport", false)]
    [InlineData("https://x.example/sport", "https://x.example/sports", false)]
    [InlineData("https://x.example/sport", "https://x.example/sport.evil/", false)]
    [InlineData("https://x.example/sport/", "https://x.example/Sport/a", false)]
    [InlineData("https://x.example/sport/", "https://x.example/sport/../admin", false)]
    [InlineData("https://x.example/sport/", "https://x.example/sport/%2e%2e/admin", false)]
    [InlineData("https://x.example/sport/", "https://x.example/sport/.%2E/admin", false)]
    [InlineData("https://x.example/sport/", "https://x.example/sport/..%2fadmin", false)]
    [InlineData("https://x.example/sport/", "https://x.example/sport/..%5cadmin", false)]
    [InlineData("https://x.example/sport/", "https://x.example/sport/..%252fadmin", false)]
    [InlineData("https://x.example/sport/", "https://x.example/a?/sport/", false)]
    [InlineData("https://x.example:8443/", "https://x.example:8443/a", true)]
    [InlineData("https://x.example:8443/", "https://x.example/a", false)]
    [InlineData("https://[2001:DB8::1]:443/", "https://[2001:db8::1]/a", true)]
    [InlineData("android-app://com.news/", "android-app://com.news/https/x", true)]
    [InlineData("com.news.app", "com.news.app", true)]
    [InlineData("com.news.app", "com.news.app2", false)]
    [InlineData("com.news.app", "com.news.app/x", false)]
    [InlineData("com.news.app", "https://com.news.app/", false)]
    public void By_path_and_app(string prefix, string address, bool covers) =>
        Assert.Equal(covers, Covers(prefix, address));

    /// <summary>
    /// Whatever is taken for an address on a host is one on that host for a browser, too: the cases of the Web Platform
    /// Tests.
    /// </summary>
    [Fact]
    public void No_address_means_another_host_to_a_browser()
    {
        string? file = SharedData.Find("clicks/bad/urltestdata.json.gz");
        Assert.SkipUnless(file != null, "needs clicks/bad/urltestdata.json.gz: set SHARED_DATA");
        using JsonDocument cases = JsonDocument.Parse(string.Concat(SharedData.Lines(file!)));
        int taken = 0;
        foreach (JsonElement one in cases.RootElement.EnumerateArray())
        {
            if (
                one.ValueKind != JsonValueKind.Object
                || Text(one, "input") is not { } input
                || !ResourceAddress.TryParse(input, out ResourceAddress address)
            )
            {
                continue;
            }

            if (address.Origin.Split("://") is not ["http" or "https", _])
            {
                continue;
            }

            if (one.TryGetProperty("failure", out _))
            {
                continue; // nobody is at an address that browsers refuse
            }
            // Numbers may be spelt in many ways; a browser makes one address of them, and it is no sponsor's name.
            if (char.IsAsciiDigit(Text(one, "hostname")!.FirstOrDefault('0')) || Text(one, "hostname")!.StartsWith('['))
            {
                continue;
            }

            Assert.Equal($"{Text(one, "protocol")}//{Text(one, "host")}", address.Origin);
            if (!(Text(one, "pathname") + address.Path).Contains('%'))
            {
                Assert.Equal(Text(one, "pathname"), address.Path);
            }

            taken++;
        }
        Assert.True(taken > 50, $"{taken} cases");
    }

    private static string? Text(JsonElement one, string name)
    {
        try
        {
            return one.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
        }
        catch (InvalidOperationException)
        {
            return null; // half of a surrogate pair
        }
    }

    [Fact]
    public void What_is_too_long_is_no_address()
    {
        Assert.True(Covers("https://news.example/", "https://news.example/".PadRight(ResourceAddress.MaxLength, 'a')));
        Assert.False(
            Covers("https://news.example/", "https://news.example/".PadRight(ResourceAddress.MaxLength + 1, 'a'))
        );
    }
}
