using System.Net;
using System.Text;
using System.Text.Json;
using Engine.Contracts;
using Engine.Partitions.Redis;
using Engine.Pipeline.Deliver;
using Xunit;

namespace Pipeline.Tests.Contracts;

public sealed class KeyTests
{
    [Theory]
    [InlineData("123456789", 12739)]
    [InlineData("", 0)]
    [InlineData("foo", 12182)]
    [InlineData("bar", 5061)]
    [InlineData("hello", 866)]
    [InlineData("{user1000}.following", 3443)]
    [InlineData("user1000", 3443)]
    [InlineData("foo{{bar}}zap", 4015)]
    [InlineData("{bar", 4015)]
    [InlineData("foo{bar}{zap}", 5061)]
    public void A_keys_slot_is_the_one_that_Redis_Cluster_gives_it(string key, int slot) =>
        Assert.Equal(slot, RedisTarget.SlotOf(Encoding.ASCII.GetBytes(key)));

    [Fact]
    public void Empty_braces_are_no_hash_tag()
    {
        Assert.NotEqual(RedisTarget.SlotOf("foo{}{bar}"u8), RedisTarget.SlotOf("bar"u8));
        Assert.Equal(8363, RedisTarget.SlotOf("foo{}{bar}"u8));
    }

    [Fact]
    public void Keys_are_named_as_the_contract_has_them()
    {
        var keys = new RedisKeys("", "engine");
        string partition = RedisKeys.Partition("interactions", 2);
        Assert.Equal("interactions-2", partition);
        Assert.Equal(
            [
                "verdict:c-1",
                "network:203.0.113.0/24",
                "stats:campaign:cmp-7:2026-11-22T09:{interactions-2}",
                "progress:engine:{interactions-2}",
                "owner:engine:{interactions-2}",
                "state:engine:{interactions-2}",
                "settings-base:engine",
                "group",
                "verdicts",
            ],
            [
                keys.Verdict("c-1"),
                keys.Network("203.0.113.0/24"),
                keys.Stats("campaign", "cmp-7", Totals.HourText(1_795_338_000_000 / 3_600_000), partition),
                keys.Progress(partition),
                keys.Owner(partition),
                keys.State(partition),
                keys.SettingsBase,
                keys.GroupKey,
                keys.VerdictChannel,
            ]
        );
        Assert.Equal("b:verdict:c", new RedisKeys("b:", "other").Verdict("c"));
        Assert.Equal(
            RedisTarget.SlotOf(Encoding.ASCII.GetBytes(keys.Progress(partition))),
            RedisTarget.SlotOf(Encoding.ASCII.GetBytes(keys.Stats("publisher", "p", "h", partition)))
        );
    }

    [Theory]
    [InlineData("203.0.113.9", "203.0.113.9", "203.0.113.0/24")]
    [InlineData("::ffff:203.0.113.9", "203.0.113.9", "203.0.113.0/24")]
    [InlineData("::FFFF:CB00:7109", "203.0.113.9", "203.0.113.0/24")]
    [InlineData("2001:DB8::1", "2001:db8::1", "2001:db8::/56")]
    [InlineData("2001:0db8:0000:12ff:0000:0000:0000:0001", "2001:db8:0:12ff::1", "2001:db8:0:1200::/56")]
    [InlineData("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1", "2001:db8::/56")]
    [InlineData("2001:0:0:1:0:0:0:1", "2001:0:0:1::1", "2001::/56")]
    [InlineData("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1", "2001:db8::/56")]
    [InlineData("::", "::", "::/56")]
    [InlineData("::1", "::1", "::/56")]
    [InlineData("1::", "1::", "1::/56")]
    [InlineData("0:0:0:0:0:1:0:0", "::1:0:0", "::/56")]
    [InlineData("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0", "1:2:3::/56")]
    [InlineData(
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "ffff:ffff:ffff:ff00::/56"
    )]
    [InlineData("64:ff9b::1.2.3.4", "64:ff9b::102:304", "64:ff9b::/56")]
    public void An_address_and_its_network_are_written_as_RFC_5952_has_them(string text, string address, string network)
    {
        Assert.True(IpAddress.TryParse(text, out IpAddress parsed));
        Assert.Equal((address, network), (parsed.ToString(), parsed.NetworkText()));
    }

    [Fact]
    public void Random_addresses_are_written_as_dotnet_writes_them_and_read_back()
    {
        var random = new Random(6);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = new byte[16];
            random.NextBytes(bytes);
            for (int group = 0; group < 16; group += 2)
            {
                if (random.Next(2) == 0)
                {
                    (bytes[group], bytes[group + 1]) = (0, (byte)(random.Next(3) == 0 ? 1 : 0));
                }
            }

            bytes[0] |= 0x20;
            string expected = new IPAddress(bytes).ToString();
            Assert.True(IpAddress.TryParse(expected, out IpAddress parsed));
            Assert.Equal(expected, parsed.ToString());
        }
    }

    [Fact]
    public void What_only_some_parsers_take_for_an_address_is_none()
    {
        JsonElement cases = JsonDocument.Parse(File.ReadAllText(Shared.File("clicks/bad/ip-cases.json"))).RootElement;
        foreach (
            JsonElement one in cases
                .GetProperty("ip_address")
                .GetProperty("v6_invalid")
                .EnumerateArray()
                .Where(one =>
                    !IPAddress.TryParse(one.GetString()!, out IPAddress? v4) || v4.ToString() != one.GetString()!
                )
        )
        {
            Assert.False(IpAddress.TryParse(one.GetString()!, out _), one.GetString());
        }

        foreach (JsonElement one in cases.GetProperty("dotnet_ipaddress_parse").GetProperty("refused").EnumerateArray())
        {
            Assert.False(IpAddress.TryParse(one.GetString()!, out _), one.GetString());
        }

        int taken = 0;
        foreach (
            JsonElement one in cases
                .GetProperty("ip_address")
                .GetProperty("v6_valid")
                .EnumerateArray()
                .Concat(cases.GetProperty("ip_address").GetProperty("v4_valid").EnumerateArray())
        )
        {
            string text = one.GetProperty("ip").GetString()!;
            bool plain = text.All(c => Uri.IsHexDigit(c) || c is ':' or '.');
            Assert.True(plain == IpAddress.TryParse(text, out IpAddress address), text);
            if (!plain)
            {
                continue;
            }

            Assert.Equal(IPAddress.Parse(text).MapToIPv6(), IPAddress.Parse(address.ToString()).MapToIPv6());
            taken++;
        }
        Assert.True(taken > 100);
        foreach (
            string odd in (string[])
                [
                    "12",
                    "0x7f.1",
                    "010.0.0.1",
                    "157.59.25.033",
                    "[::1]:80",
                    "[::1]",
                    "fe08::1%eth",
                    "1.2.3.4/32",
                    "1.2.3.4 ",
                    "",
                    ":",
                    ":::",
                ]
        )
        {
            Assert.False(IpAddress.TryParse(odd, out _), odd);
        }
    }
}
