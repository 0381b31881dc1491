using System.Text.Json;
using Engine.Conditions;
using Engine.Contracts;
using Engine.Contracts.Settings;

namespace Engine.Workflows.Associations.Settings;

/// <summary>An item that people show each other: <c>item/&lt;id&gt;</c>.</summary>
/// <param name="CodeTtl">How long an association's code is valid, in log time.</param>
/// <param name="MaxAssociations">How many associations are remembered; beyond, the oldest go.</param>
/// <param name="Pushes">When item information is sent, and to whom.</param>
public sealed record ItemSetting(
    string Id,
    string Title,
    long? PriceMicros,
    string? Currency,
    string? Category,
    string? Url,
    TimeSpan CodeTtl,
    int MaxAssociations,
    IReadOnlyList<PushCondition> Pushes
);

/// <summary>Sends item information if a condition holds.</summary>
/// <param name="ToFirst">To who has shown the item.</param>
/// <param name="ToSecond">To who has read the code.</param>
public sealed record PushCondition(string Id, Condition When, bool ToFirst, bool ToSecond);

/// <summary>Reads <c>item/&lt;id&gt;</c>.</summary>
public sealed class ItemKind : ISettingKind
{
    public const string Name = "item";

    private const int MaxTitle = 200,
        MinTtlSeconds = 60,
        MaxTtlSeconds = 315_360_000,
        DefaultTtlSeconds = 604_800,
        MaxRemembered = 10_000_000,
        DefaultRemembered = 1_000_000,
        MaxPushes = 100;

    public string Kind => Name;

    public object Parse(string id, SettingReader record)
    {
        string title = record.RequiredText("title");
        if (title.Length is 0 or > MaxTitle)
        {
            throw record.Wrong($"'title' has {title.Length} characters; expected 1 to {MaxTitle}");
        }

        string? url = record.Text("url");
        if (
            url != null
            && !(Uri.TryCreate(url, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https")
        )
        {
            throw record.Wrong($"'url' is '{url}'; expected an http or https address");
        }

        return new ItemSetting(
            id,
            title,
            record.Integer("price_micros", 0, EventLimits.MaxCostMicros),
            record.Text("currency"),
            record.Text("category"),
            url,
            TimeSpan.FromSeconds(record.Integer("code_ttl_s", MinTtlSeconds, MaxTtlSeconds) ?? DefaultTtlSeconds),
            (int)(record.Integer("remembered", 1, MaxRemembered) ?? DefaultRemembered),
            Pushes(record)
        );
    }

    private static List<PushCondition> Pushes(SettingReader record)
    {
        List<PushCondition> pushes = [];
        foreach ((int number, JsonElement element) in (record.List("pushes")?.EnumerateArray() ?? []).Index())
        {
            SettingReader push = record.Inside($"pushes[{number}]", element);
            if (number >= MaxPushes)
            {
                throw push.Wrong($"an item has at most {MaxPushes} pushes");
            }

            string id = push.RequiredText("id"),
                when = push.RequiredText("when");
            if (!Identifier.IsOne(id) || pushes.Exists(before => before.Id == id))
            {
                throw push.Wrong($"'id' is '{id}'; expected {Identifier.Words}, each once");
            }

            IReadOnlyList<string> to = push.Texts("to") ?? throw push.Wrong("'to' is missing");
            if (to.Count == 0 || to.Any(one => one is not ("first" or "second")))
            {
                throw push.Wrong($"'to' is {string.Join(", ", to)}; expected first, second, or both");
            }

            try
            {
                pushes.Add(new PushCondition(id, ItemNames.Compile(when), to.Contains("first"), to.Contains("second")));
            }
            catch (ConditionException problem)
            {
                throw push.Wrong($"'when': {problem.Message}");
            }

            push.Done();
        }

        return pushes;
    }
}
