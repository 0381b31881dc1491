using System.Globalization;
using System.Text.Json;
using Engine.Conditions;
using Engine.Contracts.Settings;

namespace Engine.Workflows.Priority.Settings;

/// <summary>Reads <c>process/&lt;id&gt;</c>: a process's band, default, attributes, directives and times.</summary>
public sealed class ProcessKind : ISettingKind
{
    /// <summary>The maximum level: up to it, the scores of a queue (level x 1e13) are integers that a double represents
    /// exactly.</summary>
    public const int MaxLevel = 900;

    private const string NameWords = "letters, digits and _, the first no digit";

    private const long MaxMs = 86_400_000,
        MaxSeconds = 604_800;

    public string Kind => "process";

    public object Parse(string id, SettingReader record)
    {
        Band band = ReadBand(record);
        int @default = (int)(record.Integer("default", 1, MaxLevel) ?? throw record.Wrong("'default' is missing"));
        if (!band.Holds(@default))
        {
            throw record.Wrong($"'default' is {@default}; expected one of the levels {List(band)}");
        }

        Dictionary<string, AttributeType> attributes = ReadAttributes(record);
        ProcessDefinition times = ProcessDefinition.Undefined;
        return new ProcessDefinition(
            band,
            @default,
            attributes,
            ReadDirectives(record, band, attributes),
            record.Integer("hold_off_ms", 0, MaxMs) ?? times.HoldOffMs,
            record.Integer("lower_after_ms", 0, MaxMs) ?? times.LowerAfterMs,
            record.Integer("ageing_s", 1, MaxSeconds) * 1000 ?? times.AgeingMs,
            record.Integer("lease_s", 1, MaxSeconds) * 1000 ?? times.LeaseMs,
            ReadFairBy(record),
            ReadShares(record, band)
        );
    }

    /// <summary>An attribute of contexts. It needn't be declared, as its type is no matter.</summary>
    private static string? ReadFairBy(SettingReader record)
    {
        string? attribute = record.Text("fair_by");
        return attribute == null || IsName(attribute)
            ? attribute
            : throw record.Wrong($"'fair_by' is '{attribute}'; expected an attribute's name: {NameWords}");
    }

    private static Band ReadBand(SettingReader record)
    {
        List<int> levels = [];
        foreach (
            JsonElement element in (record.List("levels") ?? throw record.Wrong("'levels' is missing")).EnumerateArray()
        )
        {
            int level = Whole(record, "'levels'", element);
            if (levels.Count > 0 && level <= levels[^1])
            {
                throw record.Wrong($"'levels' has {level} after {levels[^1]}; expected them ascending, each once");
            }

            levels.Add(level);
        }
        return levels.Count > 0
            ? new Band(levels)
            : throw record.Wrong("'levels' is empty; expected at least one level");
    }

    private static Dictionary<string, AttributeType> ReadAttributes(SettingReader record)
    {
        Dictionary<string, AttributeType> attributes = new(StringComparer.Ordinal);
        if (record.Map("attributes") is not { } map)
        {
            return attributes;
        }

        foreach (JsonProperty property in map.EnumerateObject())
        {
            if (!IsName(property.Name))
            {
                throw record.Wrong($"'attributes' has '{property.Name}'; expected a name: {NameWords}");
            }

            attributes[property.Name] = (
                property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString() : null
            ) switch
            {
                "integer" => AttributeType.Integer,
                "number" => AttributeType.Number,
                "text" => AttributeType.Text,
                "boolean" => AttributeType.Boolean,
                _ => throw record.Wrong(
                    $"'attributes': '{property.Name}' is {SettingReader.Kind(property.Value)}; expected integer, "
                        + $"number, text or boolean"
                ),
            };
        }
        return attributes;
    }

    private static List<Directive> ReadDirectives(
        SettingReader record,
        Band band,
        Dictionary<string, AttributeType> attributes
    )
    {
        List<Directive> directives = [];
        if (record.List("directives") is not { } list)
        {
            return directives;
        }

        foreach (JsonElement element in list.EnumerateArray())
        {
            Directive directive = ReadDirective(
                record.Inside($"directive {directives.Count + 1}", element),
                band,
                attributes
            );
            if (directives.Exists(before => before.Id == directive.Id))
            {
                throw record.Wrong($"directive {directives.Count + 1}: another directive has the id '{directive.Id}'");
            }

            directives.Add(directive);
        }
        return directives;
    }

    private static Directive ReadDirective(
        SettingReader reader,
        Band band,
        Dictionary<string, AttributeType> attributes
    )
    {
        string id = reader.RequiredText("id");
        if (id.Length is < 1 or > 128 || id == Request.ByDefault)
        {
            throw reader.Wrong(
                $"'id' is '{id}'; expected 1 to 128 characters, and not '{Request.ByDefault}', which stands for none"
            );
        }

        bool shadow = reader.Flag("shadow");
        SettingReader? table = reader.Object("table"),
            rule = reader.Object("rule");
        string? algorithm = reader.Text("algorithm");
        if ((table == null ? 0 : 1) + (rule == null ? 0 : 1) + (algorithm == null ? 0 : 1) != 1)
        {
            throw reader.Wrong("expected one of 'table', 'rule' and 'algorithm'");
        }

        Directive directive =
            table != null ? ReadTable(id, shadow, table, band, attributes)
            : rule != null ? ReadRule(id, shadow, rule, band, attributes)
            : new AlgorithmDirective(
                id,
                shadow,
                Compile(reader, "algorithm", algorithm!, attributes, CelType.Double),
                band
            );
        table?.Done();
        rule?.Done();
        reader.Done();
        return directive;
    }

    private static TableDirective ReadTable(
        string id,
        bool shadow,
        SettingReader table,
        Band band,
        Dictionary<string, AttributeType> attributes
    )
    {
        string attribute = table.RequiredText("attribute");
        if (!attributes.TryGetValue(attribute, out AttributeType type))
        {
            throw table.Wrong(
                $"'attribute' is '{attribute}', which isn't declared; 'attributes' has {Names(attributes)}"
            );
        }

        Dictionary<CelValue, int> levels = [];
        foreach (
            JsonProperty entry in (table.Map("levels") ?? throw table.Wrong("'levels' is missing")).EnumerateObject()
        )
        {
            CelValue key = ContextValues.OfKey(type, entry.Name)
                ?? throw table.Wrong(
                    $"'levels' has '{entry.Name}'; '{attribute}' is {type.ToString().ToLowerInvariant()}"
                );
            if (!levels.TryAdd(key, Level(table, $"'levels': '{entry.Name}'", entry.Value, band)))
            {
                throw table.Wrong($"'levels' has '{entry.Name}' twice");
            }
        }
        return new TableDirective(id, shadow, KeyValuePair.Create(attribute, type), levels);
    }

    private static RuleDirective ReadRule(
        string id,
        bool shadow,
        SettingReader rule,
        Band band,
        Dictionary<string, AttributeType> attributes
    )
    {
        ContextCondition when = Compile(rule, "when", rule.RequiredText("when"), attributes, CelType.Bool);
        int level = (int)(rule.Integer("level", 1, MaxLevel) ?? throw rule.Wrong("'level' is missing"));
        return band.Holds(level)
            ? new RuleDirective(id, shadow, when, level)
            : throw rule.Wrong($"'level' is {level}; expected one of the levels {List(band)}");
    }

    private static ContextCondition Compile(
        SettingReader reader,
        string field,
        string source,
        Dictionary<string, AttributeType> attributes,
        CelType result
    )
    {
        try
        {
            return ContextCondition.Compile(source, attributes, result);
        }
        catch (ConditionException e)
        {
            // The source line and the caret come after the problem.
            throw reader.Wrong(
                $"'{field}' at line {e.Line}, column {e.Column}: {e.Problem}{e.Message[e.Message.IndexOf('\n')..]}"
            );
        }
    }

    private static Dictionary<int, double> ReadShares(SettingReader record, Band band)
    {
        Dictionary<int, double> shares = [];
        if (record.Map("shares") is not { } map)
        {
            return shares;
        }

        foreach (JsonProperty property in map.EnumerateObject())
        {
            if (
                !int.TryParse(property.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int level)
                || !band.Holds(level)
            )
            {
                throw record.Wrong($"'shares' has '{property.Name}'; expected the levels {List(band)}");
            }

            if (property.Value.ValueKind != JsonValueKind.Number || property.Value.GetDouble() is not (>= 0 and <= 1))
            {
                throw record.Wrong(
                    $"'shares': '{property.Name}' is {SettingReader.Kind(property.Value)}; expected a number from 0 "
                        + $"to 1"
                );
            }

            shares[level] = property.Value.GetDouble();
        }
        // Ten shares of 0.1 add up to slightly more than 1.
        return shares.Values.Sum() <= 1 + 1e-9
            ? shares
            : throw record.Wrong($"'shares' add up to {shares.Values.Sum():R}; expected at most 1");
    }

    private static int Level(SettingReader reader, string place, JsonElement value, Band band) =>
        Whole(reader, place, value) is var level && band.Holds(level)
            ? level
            : throw reader.Wrong($"{place} is {level}; expected one of the levels {List(band)}");

    private static int Whole(SettingReader reader, string place, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int level) && level is >= 1 and <= MaxLevel
            ? level
            : throw reader.Wrong(
                $"{place} holds {SettingReader.Kind(value)}; expected whole numbers from 1 to {MaxLevel}"
            );

    private static bool IsName(string text) =>
        text.Length is >= 1 and <= 128
        && !char.IsAsciiDigit(text[0])
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static string Names(Dictionary<string, AttributeType> attributes) =>
        attributes.Count == 0 ? "none" : string.Join(", ", attributes.Keys.Order(StringComparer.Ordinal));

    private static string List(Band band) => string.Join(", ", band.Levels);
}
