using System.Text.Json;
using Engine.Contracts;
using Engine.Pipeline.Lists;
using Tests.Support;
using Xunit;

namespace Pipeline.Tests.Lists;

public sealed class AddressListTests
{
    [Fact]
    public void Ranges_are_read_in_every_form_and_merged()
    {
        AddressList list = AddressList.Read(
            "x",
            [
                "# comment",
                "",
                "10.0.0.0/24",
                "10.0.1.0/24 # touches",
                "10.0.0.128/25",
                "192.0.2.7",
                "198.51.100.5,198.51.100.9,Owner,http://o/#a",
                "2001:db8::/32",
                "2001:db9::1",
                "2001:dba::1,2001:dba::f",
                " 255.255.255.255 ",
            ]
        );
        Assert.Equal(7, list.Ranges);
        foreach (
            string inside in (string[])
                [
                    "10.0.0.0",
                    "10.0.1.255",
                    "192.0.2.7",
                    "198.51.100.5",
                    "198.51.100.9",
                    "2001:db8::",
                    "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
                    "2001:db9::1",
                    "2001:dba::8",
                    "255.255.255.255",
                    "::ffff:10.0.0.1",
                ]
        )
        {
            Assert.True(Contains(list, inside), inside);
        }

        foreach (
            string outside in (string[])
                [
                    "9.255.255.255",
                    "10.0.2.0",
                    "192.0.2.6",
                    "192.0.2.8",
                    "198.51.100.4",
                    "198.51.100.10",
                    "2001:db7:ffff::",
                    "2001:db9::2",
                    "2001:dba::10",
                    "::a00:1",
                ]
        )
        {
            Assert.False(Contains(list, outside), outside);
        }
    }

    [Fact]
    public void An_IPv4_network_mapped_into_IPv6_is_that_network()
    {
        AddressList list = AddressList.Read("x", ["::ffff:1.2.3.0/120", "::ffff:cb00:7107/128"]);
        Assert.True(Contains(list, "1.2.3.0"));
        Assert.True(Contains(list, "1.2.3.255"));
        Assert.True(Contains(list, "203.0.113.7"));
        Assert.False(Contains(list, "1.2.2.255"));
        Assert.False(Contains(list, "1.2.4.0"));
        Assert.False(Contains(list, "203.0.113.8"));
    }

    [Theory]
    [InlineData("::ffff:1.2.3.0/95")]
    [InlineData("::ffff:1.2.3.0/129")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0/24")]
    [InlineData("2001:db8::/129")]
    [InlineData("10.0.0.9,10.0.0.1")]
    [InlineData("10.0.0.1,::1")]
    [InlineData("10.0.0.1,")]
    [InlineData("first,last")]
    [InlineData("0xc0.168.1.1/24")]
    [InlineData("host.example")]
    public void A_line_that_is_no_range_refuses_the_list_with_its_number(string line) =>
        Assert.Contains(
            $"line 3: '{line}'",
            Assert.Throws<FormatException>(() => AddressList.Read("x", ["10.0.0.0/8", "# fine", line])).Message
        );

    [Fact]
    public void The_whole_of_either_family_is_a_range()
    {
        AddressList list = AddressList.Read("x", ["0.0.0.0/0", "::/0", "::1"]);
        Assert.Equal(2, list.Ranges);
        Assert.True(
            Contains(list, "255.255.255.255")
                && Contains(list, "0.0.0.0")
                && Contains(list, "::")
                && Contains(list, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")
        );
    }

    [Fact]
    public void Containment_is_as_others_test_suites_have_it()
    {
        JsonElement cidr = JsonDocument
            .Parse(File.ReadAllText(Shared.File("clicks/bad/ip-cases.json")))
            .RootElement.GetProperty("cidr");
        int asked = 0;
        foreach (JsonElement one in cidr.GetProperty("contains").EnumerateArray())
        {
            if (
                !AddressList.TryRange(one[0].GetString()!, out _, out _)
                || !IpAddress.TryParse(one[1].GetString()!, out _)
            )
            {
                continue;
            }

            Assert.True(
                Contains(AddressList.Read("x", [one[0].GetString()!]), one[1].GetString()!) == one[2].GetBoolean(),
                one.GetRawText()
            );
            asked++;
        }
        Assert.True(asked >= 10);
        foreach (JsonElement one in cidr.GetProperty("valid").EnumerateArray())
        {
            Assert.True(AddressList.TryRange(one.GetString()!, out _, out _), one.GetString());
        }

        foreach (
            JsonElement one in cidr.GetProperty("invalid").EnumerateArray().Where(one => one.GetString()!.Contains('/'))
        )
        {
            Assert.False(AddressList.TryRange(one.GetString()!, out _, out _), one.GetString());
        }
    }

    [Theory]
    [InlineData("givt/ipcat_datacenters.csv", 4_000, "1.178.1.7")]
    [InlineData("givt/lordalfred_all_ipv4_merged.txt", 3_000, "1.178.1.7")]
    [InlineData("givt/x4b_datacenter_ipv4.txt.gz", 10_000, null)]
    public void Published_lists_load_whole(string file, int least, string? member)
    {
        string[] lines = [.. SharedData.Lines(Shared.File(file))];
        AddressList list = AddressList.Read("x", lines);
        Assert.InRange(list.Ranges, least, lines.Length);
        if (member != null)
        {
            Assert.True(Contains(list, member));
        }

        Assert.False(Contains(list, "192.168.1.1"));
    }

    [Theory]
    [InlineData("datacentres.txt", 15, "3.208.1.1")]
    [InlineData("proxies.txt", 3, "185.220.101.9")]
    [InlineData("relays.txt", 5, "172.225.1.1")]
    public void Shipped_lists_load(string file, int least, string member)
    {
        AddressList list = AddressList.Read(
            "x",
            File.ReadLines(Path.Combine(SharedData.Repository, "configs", "lists", file))
        );
        Assert.True(list.Ranges >= least);
        Assert.True(Contains(list, member));
        foreach (string person in (string[])["192.168.1.1", "10.1.2.3", "203.0.113.9", "2001:db8::1"])
        {
            Assert.False(Contains(list, person));
        }
    }

    private static bool Contains(AddressList list, string address) =>
        IpAddress.TryParse(address, out IpAddress parsed) && list.Contains(parsed);
}
