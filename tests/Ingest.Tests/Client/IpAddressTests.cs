using System.Text.Json;
using Engine.Contracts;
using Ingest.Tests.Rig;
using Xunit;

namespace Ingest.Tests.Client;

public class IpAddressTests
{
    [Theory]
    [InlineData("203.0.113.9", "203.0.113.0/24")]
    [InlineData("0.0.0.0", "0.0.0.0/24")]
    [InlineData("2001:DB8:0:1234:5678::1", "2001:db8:0:1200::/56")]
    [InlineData("::ffff:203.0.113.9", "203.0.113.0/24")]
    [InlineData("::ffff:cb00:7109", "203.0.113.0/24")]
    [InlineData("::1", "::/56")]
    [InlineData("2001:db8::", "2001:db8::/56")]
    public void Networks_are_written_as_RFC_5952_has_them(string address, string network)
    {
        Assert.True(IpAddress.TryParse(address, out IpAddress parsed));
        Assert.Equal(network, parsed.NetworkText());
    }

    [Fact]
    public void Public_cases_are_taken_and_refused_as_they_should_be()
    {
        using JsonDocument cases = JsonDocument.Parse(File.ReadAllBytes(SharedData.File("clicks/bad/ip-cases.json")));
        JsonElement addresses = cases.RootElement.GetProperty("ip_address");
        var wrong = new List<string>();
        foreach (string list in new[] { "v4_valid", "v6_valid" })
        {
            foreach (JsonElement valid in addresses.GetProperty(list).EnumerateArray())
            {
                string text = valid.GetProperty("ip").GetString()!;
                // What carries a prefix or a zone is valid to that library, and no address of a click.
                bool expected = !text.Contains('/') && !text.Contains('%');
                if (IpAddress.TryParse(text, out _) != expected)
                {
                    wrong.Add($"{text} should be {(expected ? "taken" : "refused")}");
                }
            }
        }
        foreach (string list in new[] { "v4_invalid", "v6_invalid" })
        {
            foreach (JsonElement invalid in addresses.GetProperty(list).EnumerateArray())
            {
                string text = invalid.GetString()!;
                // The list for one family holds good addresses of the other.
                if (
                    System.Net.IPAddress.TryParse(text, out System.Net.IPAddress? other)
                    && other.ToString() == text
                    && list == "v6_invalid"
                    && other.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork
                )
                {
                    continue;
                }

                if (IpAddress.TryParse(text, out _))
                {
                    wrong.Add($"{text} should be refused");
                }
            }
        }
        foreach (
            JsonElement taken in cases
                .RootElement.GetProperty("dotnet_ipaddress_parse")
                .GetProperty("accepted")
                .EnumerateArray()
        )
        {
            string text = taken.GetProperty("ip").GetString()!;
            string means = taken.GetProperty("is").GetString()!;
            // .NET takes more than an address; what we take too must mean the same.
            if (IpAddress.TryParse(text, out IpAddress parsed) && (text.Contains('%') || !SameAddress(parsed, means)))
            {
                wrong.Add($"{text} is {parsed}, not {means}");
            }
        }
        foreach (
            JsonElement refused in cases
                .RootElement.GetProperty("dotnet_ipaddress_parse")
                .GetProperty("refused")
                .EnumerateArray()
        )
        {
            if (IpAddress.TryParse(refused.GetString()!, out _))
            {
                wrong.Add($"{refused} should be refused");
            }
        }
        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData("12")]
    [InlineData("0x7f.1")]
    [InlineData("157.59.25.033")]
    [InlineData("[::1]:80")]
    [InlineData("fe08::1%eth")]
    [InlineData("")]
    [InlineData("1.2.3.4 ")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("1::2::3")]
    public void What_only_lenient_parsers_take_is_no_address(string text) =>
        Assert.False(IpAddress.TryParse(text, out _));

    private static bool SameAddress(IpAddress parsed, string text) =>
        IpAddress.TryParse(text, out IpAddress other)
            ? parsed == other
            : System.Net.IPAddress.Parse(text).ToString() == parsed.ToString();
}
