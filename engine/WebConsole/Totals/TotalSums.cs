namespace Engine.WebConsole.Totals;

/// <summary>Clicks and their cost, with those that are invalid (GIVT and SIVT).</summary>
/// <param name="Id">The campaign or publisher.</param>
/// <param name="Cost">In micros.</param>
/// <param name="InvalidCost">In micros: what the advertiser gets back.</param>
public readonly record struct NameSums(string Id, long Clicks, long Cost, long Invalid, long InvalidCost)
{
    /// <summary>The share of invalid clicks, 0 to 1.</summary>
    public double InvalidShare => Clicks == 0 ? 0 : (double)Invalid / Clicks;
}

/// <summary>Totals: fields by their names in Redis, added up.</summary>
public sealed class TotalSums
{
    private const string OfReason = "clicks:reason:";

    private readonly Dictionary<string, long> _fields = new(StringComparer.Ordinal);

    /// <summary>The classes of verdicts, as they are named in fields, from valid to sophisticated.</summary>
    public static IReadOnlyList<string> Classes { get; } = ["valid", "suspect", "givt", "sivt"];

    /// <summary>Whether anything was counted.</summary>
    public bool Any => _fields.Count > 0;

    public long Clicks => this["clicks"];

    /// <summary>In micros.</summary>
    public long Cost => this["cost_micros"];

    /// <summary>Clicks of the classes givt and sivt.</summary>
    public long Invalid => ClicksOf("givt") + ClicksOf("sivt");

    /// <summary>The cost of the classes givt and sivt, in micros.</summary>
    public long InvalidCost => CostOf("givt") + CostOf("sivt");

    /// <summary>The share of invalid clicks, 0 to 1.</summary>
    public double InvalidShare => Clicks == 0 ? 0 : (double)Invalid / Clicks;

    /// <summary>Reasons with their clicks and cost, the most frequent first.</summary>
    public IEnumerable<(string Code, long Clicks, long Cost)> Reasons =>
        _fields
            .Where(entry => entry.Key.StartsWith(OfReason, StringComparison.Ordinal))
            .Select(entry => (Code: entry.Key[OfReason.Length..], Clicks: entry.Value))
            .Select(reason => (reason.Code, reason.Clicks, this[$"cost_micros:reason:{reason.Code}"]))
            .OrderByDescending(reason => reason.Clicks)
            .ThenBy(reason => reason.Code, StringComparer.Ordinal);

    public long ClicksOf(string @class) => this["clicks:" + @class];

    public long CostOf(string @class) => this["cost_micros:" + @class];

    public void Add(string field, long value) => _fields[field] = this[field] + value;

    public void Add(TotalSums other)
    {
        foreach ((string field, long value) in other._fields)
        {
            Add(field, value);
        }
    }

    private long this[string field] => _fields.GetValueOrDefault(field);
}
