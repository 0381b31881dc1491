using System.Globalization;
using Engine.Conditions;

namespace Engine.Workflows.Associations.Settings;

/// <summary>The names that an item's conditions may use, and their values at an association.</summary>
public static class ItemNames
{
    private static readonly CelNames All = new()
    {
        { "item.title", CelType.String, "the item's title" },
        { "item.category", CelType.String, "its category" },
        { "item.currency", CelType.String, "its currency" },
        { "item.price_micros", CelType.Int, "its price in millionths" },
        { "association.depth", CelType.Int, "0 for a first scan, 1 for who read its code, and so on" },
        { "association.count", CelType.Int, "associations of the item so far, this one included" },
        { "association.referrals", CelType.Int, "accounts that the first account has brought, this one included" },
        { "association.hour", CelType.Int, "the hour of the event, UTC, 0 to 23" },
        { "association.weekday", CelType.Int, "the day of the event, UTC, 1 for Monday to 7" },
    };

    internal static Condition Compile(string source) => Condition.Compile(source, All, CelType.Bool);

    /// <summary>Whether a condition holds; one that fails doesn't.</summary>
    internal static bool Holds(Condition condition, in ItemValues values)
    {
        ItemValues bindings = values;
        return condition.TryEvaluate(ref bindings, out CelValue value, out _) && value.IsTrue;
    }
}

/// <summary>The values of <see cref="ItemNames"/>, in their order.</summary>
internal readonly record struct ItemValues(ItemSetting Item, int Depth, long Count, long Referrals, long Time)
    : ICelBindings
{
    public CelValue Get(int slot)
    {
        DateTimeOffset time = DateTimeOffset.FromUnixTimeMilliseconds(Time);
        return slot switch
        {
            0 => CelValue.Of(Item.Title),
            1 => CelValue.Of(Item.Category),
            2 => CelValue.Of(Item.Currency),
            3 => Item.PriceMicros is { } price ? CelValue.Of(price) : CelValue.Absent,
            4 => CelValue.Of((long)Depth),
            5 => CelValue.Of(Count),
            6 => CelValue.Of(Referrals),
            7 => CelValue.Of((long)time.Hour),
            8 => CelValue.Of((long)(time.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)time.DayOfWeek)),
            _ => throw new ArgumentOutOfRangeException(
                nameof(slot),
                slot.ToString(CultureInfo.InvariantCulture),
                "no such name"
            ),
        };
    }
}
