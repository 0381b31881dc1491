using Engine.Conditions;

namespace Conditions.Tests;

/// <summary>Names and values as a rule on clicks has them.</summary>
internal static class Clicks
{
    public static CelNames Names()
    {
        CelNames names = new();
        names.Add("click.publisher", CelType.String, "who shows the ad");
        names.Add("click.cost_micros", CelType.Int, "price in millionths");
        names.Add("click.proxied", CelType.Bool, "whether it came through a proxy");
        names.Add("windows.visitor_60s", CelType.Int, "clicks of the visitor in 60 s");
        names.Add("path.straightness", CelType.Double, "0 to 1");
        names.Add("click.labels", CelType.List, "labels");
        names.Add("context", CelType.Map, "attributes");
        names.Add("click.at", CelType.Timestamp, "when");
        names.Add("message.body", CelType.Dyn, "anything");
        return names;
    }

    public static Values Of(
        string publisher = "pub-9",
        long cost = 250_000,
        bool proxied = true,
        long visitor = 21,
        double straightness = 0.98
    ) =>
        new()
        {
            Slots =
            [
                CelValue.Of(publisher),
                CelValue.Of(cost),
                CelValue.Of(proxied),
                CelValue.Of(visitor),
                CelValue.Of(straightness),
                CelValue.Of([CelValue.Of("a"), CelValue.Of("b")]),
                CelValue.Of(new Dictionary<string, CelValue> { ["tier"] = CelValue.Of("gold") }),
                CelValue.Timestamp(1_795_000_000),
                CelValue.Absent,
            ],
        };

    /// <summary>Bindings that count how often they are asked.</summary>
    public struct Values : ICelBindings
    {
        public CelValue[] Slots;
        public int Asked;

        public CelValue Get(int slot)
        {
            Asked++;
            return Slots[slot];
        }
    }
}
