using Engine.Contracts;
using Engine.Workflows.Associations.Codes;
using Integration.Tests.Bindings;
using Tests.Support;

namespace Integration.Tests.Associations;

/// <summary>Associations of four items, one of which nobody has set: chains and bursts, rings, accounts that read their
/// own code, codes that are altered, expired or of another item, and events that come twice.</summary>
internal static class AssociationRecords
{
    private const int Items = 4,
        Accounts = 120;

    /// <summary>Few associations are kept of an item, so that some are forgotten.</summary>
    public const string Settings = """
        item/i-0: { title: Beans, price_micros: 12900000, currency: EUR, category: coffee, url: "https://shop.example/p/0", code_ttl_s: 120, remembered: 150, pushes: [{ id: third, when: association.referrals >= 3, to: [first, second] }] }
        item/i-1: { title: Cups, price_micros: 9900000, currency: EUR, category: coffee, url: "https://shop.example/p/1", code_ttl_s: 600 }
        item/i-2: { title: Mill, price_micros: 99000000, currency: EUR, category: coffee, url: "https://shop.example/p/2", code_ttl_s: 600 }
        association-reason/burst: { limit: 5 }

        """;

    private static readonly AssociationKeys Keys = new([BindingLab.SecretBytes]);

    /// <param name="stepMs">The time from one to the next.</param>
    public static IEnumerable<LiveRecord> Of(int events, long start, long stepMs)
    {
        var dice = new Random(13);
        List<(string Id, string Item, string Account, long Time)> made = [];
        for (int i = 0; i < events; i++)
        {
            long time = start + i * stepMs;
            string id = $"a-{i}",
                item = $"i-{dice.Next(Items)}",
                account = $"acc-{dice.Next(Accounts)}",
                code = "";
            if (made.Count > 0 && dice.Next(5) != 0)
            {
                (string shown, string of, string by, long at) = made[^Math.Min(made.Count, 1 + dice.Next(80))];
                code = Keys.Sign(new AssociationCode(of, Keys.NonceOf(of, shown), (at + 60_000) / 1000 * 1000));
                code = dice.Next(25) == 0 ? code[1..] + code[0] : code;
                item = dice.Next(25) == 0 ? item : of;
                account = dice.Next(25) == 0 ? by : account;
            }

            if (made.Count > 0 && dice.Next(20) == 0)
            {
                // One that comes twice lies in the partition of the first.
                (id, item, _, _) = made[^Math.Min(made.Count, 1 + dice.Next(20))];
            }

            made.Add((id, item, account, time));
            yield return new LiveRecord(
                Topics.Associations,
                item,
                $$"""{"type":"association","id":"{{id}}","time":{{time}},"item":"{{item}}","account":"{{account}}","ip":"203.0.{{dice.Next(40)}}.9"{{(code == "" ? "" : $",\"code\":\"{code}\"")}}}""",
                time
            );
        }
    }
}
