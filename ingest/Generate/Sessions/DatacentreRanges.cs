using Engine.Workflows.Module.Traffic;

namespace Ingest.Generate.Sessions;

/// <summary>Address ranges that clouds and hosting companies have published or registered, at most a /16 of each.
/// Sample traffic from data centres uses them. A few well-known ranges, chosen by hand; not a complete list.</summary>
public static class DatacentreRanges
{
    /// <summary>The ranges in CIDR notation, and their owners.</summary>
    public static readonly IReadOnlyList<(string Cidr, string Owner)> All =
    [
        ("3.208.0.0/16", "Amazon EC2, us-east-1"),
        ("18.204.0.0/16", "Amazon EC2, us-east-1"),
        ("52.28.0.0/16", "Amazon EC2, eu-central-1"),
        ("34.64.0.0/16", "Google Cloud, asia-northeast3"),
        ("35.184.0.0/16", "Google Cloud, us-central1"),
        ("20.40.0.0/16", "Microsoft Azure"),
        ("40.74.0.0/16", "Microsoft Azure"),
        ("159.203.0.0/16", "DigitalOcean"),
        ("165.227.0.0/16", "DigitalOcean"),
        ("95.216.0.0/16", "Hetzner"),
        ("51.68.0.0/16", "OVH"),
        ("172.104.0.0/16", "Linode"),
        ("45.76.0.0/16", "Vultr"),
        ("2a01:4f8::/32", "Hetzner"),
    ];

    /// <summary>Draws an address in one of the ranges.</summary>
    internal static string Address(Dice dice)
    {
        string cidr = dice.Pick(All).Cidr;
        if (cidr.Contains(':'))
        {
            string network = cidr[..cidr.IndexOf("::", StringComparison.Ordinal)];
            return $"{network}:{dice.Whole(1, 0xffff):x}:{dice.Whole(1, 0xffff):x}::{dice.Whole(1, 9)}";
        }

        string[] parts = cidr.Split('.');
        return $"{parts[0]}.{parts[1]}.{dice.Whole(0, 256)}.{dice.Whole(1, 255)}";
    }
}
