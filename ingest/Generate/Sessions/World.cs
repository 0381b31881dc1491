using Engine.Workflows.Module.Traffic;
using Ingest.Generate.Events;

namespace Ingest.Generate.Sessions;

/// <summary>What all actors share: publishers, campaigns, addresses and devices. People's addresses are in 244.0.0.0 to
/// 249.255.255.255, reserved for future use (RFC 1112), and in the lower half of 2001:db8::/32, for documentation (RFC
/// 3849). They belong to no one and are on no list.</summary>
internal sealed class World
{
    private const int Publishers = 40;
    private const int Campaigns = 30;

    /// <summary>The share of people whose clicks come from a shared network (an office, a phone carrier's
    /// NAT).</summary>
    private const double SharedNetworks = 0.15;

    private static readonly string[] Languages = ["en", "de", "fr", "es", "pt", "hi", "ja", "pl"];
    private static readonly (int, int)[] DesktopViewports =
    [
        (1920, 947),
        (1536, 730),
        (1440, 789),
        (1366, 641),
        (1280, 720),
        (2560, 1289),
        (1680, 920),
    ];
    private static readonly (int, int)[] PhoneViewports = [(390, 844), (412, 915), (360, 800), (393, 852), (414, 896)];
    private static readonly (string Make, string Model, string Os, string Osv)[] Phones =
    [
        ("Samsung", "SM-S921B", "Android", "15"),
        ("Samsung", "SM-A546B", "Android", "14"),
        ("Google", "Pixel 9", "Android", "16"),
        ("Xiaomi", "23117RA68G", "Android", "14"),
        ("OPPO", "CPH2591", "Android", "14"),
        ("Motorola", "moto g84 5G", "Android", "14"),
        ("Apple", "iPhone16,1", "iOS", "18.6"),
        ("Apple", "iPhone15,2", "iOS", "18.5"),
        ("Apple", "iPhone17,3", "iOS", "26.1"),
    ];

    private readonly Publisher[] _publishers;
    private readonly Campaign[] _campaigns;
    private readonly int _sharedNetworks;

    internal World(ulong seed, int clicks)
    {
        var dice = new Dice(seed, ulong.MaxValue);
        _sharedNetworks = Math.Max(8, clicks / 150);
        _publishers =
        [
            .. Enumerable
                .Range(1, Publishers)
                .Select(i => new Publisher(
                    $"pub-{i}",
                    $"https://site-{i}.example/{dice.Pick<string>(["news", "sport", "recipes", "weather", "forum"])}"
                        + $"/{dice.Whole(100, 9999)}",
                    [
                        new Placement("top", dice.Between(0.2, 0.4), 0.05, 728, 90),
                        new Placement("side", dice.Between(0.7, 0.78), dice.Between(0.2, 0.4), 300, 250),
                        new Placement("feed", dice.Between(0.2, 0.4), dice.Between(0.4, 0.7), 320, 100),
                        new Placement("footer", 0.3, 0.85, 468, 60),
                    ],
                    i % 8 == 5
                )),
        ];
        _campaigns =
        [
            .. Enumerable
                .Range(1, Campaigns)
                .Select(i => new Campaign(
                    $"cmp-{i}",
                    $"adv-{1 + i % 12}",
                    dice.Whole(5, 90) * 10_000L,
                    $"https://shop-{1 + i % 12}.example/p/{i}"
                )),
        ];
    }

    internal Publisher AnyPublisher(Dice dice) => _publishers[dice.Popular(_publishers.Length)];

    /// <summary>More often than not, robots work for publishers who pay for clicks.</summary>
    internal Publisher RobotsPublisher(Dice dice)
    {
        if (!dice.Chance(0.6))
        {
            return AnyPublisher(dice);
        }

        Publisher publisher;
        do
        {
            publisher = dice.Pick(_publishers);
        } while (!publisher.Shady);
        return publisher;
    }

    internal Campaign AnyCampaign(Dice dice) => _campaigns[dice.Popular(_campaigns.Length)];

    internal static (int Width, int Height) DesktopViewport(Dice dice) => dice.Pick(DesktopViewports);

    internal static (int Width, int Height) PhoneViewport(Dice dice) => dice.Pick(PhoneViewports);

    /// <summary>Draws the address of a household or of a shared network.</summary>
    internal string PersonsAddress(Dice dice)
    {
        if (dice.Chance(SharedNetworks))
        {
            return $"244.0.{dice.Whole(0, Math.Min(256, _sharedNetworks))}.{dice.Whole(1, 255)}";
        }

        return dice.Chance(0.3)
            ? $"2001:db8:{dice.Whole(0, 0x8000):x}:{dice.Whole(0, 0x100) << 8:x}"
                + $":{dice.Whole(1, 0xffff):x}:{dice.Whole(1, 0xffff):x}::{dice.Whole(1, 0xff):x}"
            : $"{dice.Whole(245, 250)}.{dice.Whole(0, 256)}.{dice.Whole(0, 256)}.{dice.Whole(1, 255)}";
    }

    internal static DeviceDraft Computer(Dice dice, string userAgent) =>
        new(
            null,
            null,
            userAgent.Contains("Windows") ? "Windows"
                : userAgent.Contains("Mac") ? "macOS"
                : "Linux",
            userAgent.Contains("Windows") ? "10"
                : userAgent.Contains("Mac") ? "15.6"
                : "6.12",
            null,
            dice.Chance(0.7) ? "wifi" : "ethernet",
            dice.Pick(Languages)
        );

    internal static DeviceDraft Phone(Dice dice)
    {
        (string make, string model, string os, string osv) = dice.Pick(Phones);
        return new DeviceDraft(
            make,
            model,
            os,
            osv,
            $"c-{dice.Whole(1, 9)}",
            dice.Chance(0.6) ? "wifi" : "cellular",
            dice.Pick(Languages)
        );
    }

    /// <summary>Draws where in a placement a person clicks: around its middle, never outside.</summary>
    internal static (double X, double Y) PointIn(
        Dice dice,
        Placement placement,
        (int Width, int Height) viewport,
        bool middle = false
    )
    {
        double width = Math.Min(placement.Width, viewport.Width * 0.9),
            height = Math.Min(placement.Height, viewport.Height * 0.5);
        double left = Math.Min(placement.Left * viewport.Width, viewport.Width - width),
            top = Math.Min(placement.Top * viewport.Height, viewport.Height - height);
        double across = middle ? 0.5 : Math.Clamp(dice.Normal(0.5, 0.17), 0.02, 0.98),
            down = middle ? 0.5 : Math.Clamp(dice.Normal(0.5, 0.17), 0.02, 0.98);
        return (Math.Floor(left + across * width), Math.Floor(top + down * height));
    }
}
