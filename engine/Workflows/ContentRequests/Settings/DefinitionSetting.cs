using System.Text.Json;
using Engine.Contracts;
using Engine.Contracts.Settings;
using Engine.Workflows.ContentRequests.Events;

namespace Engine.Workflows.ContentRequests.Settings;

/// <summary>A sponsor's offer for an ad unit: <c>definition/&lt;sponsor&gt;/&lt;id&gt;</c>.</summary>
/// <param name="Sizes">The sizes as defined, the preferred one first.</param>
/// <param name="Allowed">The allowed values of each parameter.</param>
/// <param name="Item">The item to show.</param>
/// <param name="Accepted">The acceptance of a suggestion that made it; null if it was defined directly.</param>
/// <param name="Undone">Who undid the acceptance. The definition is then no longer in force, and only kept for the
/// record.</param>
public sealed record DefinitionSetting(
    string Sponsor,
    string Id,
    string Unit,
    AdSize[] Sizes,
    IReadOnlyDictionary<string, string[]> Allowed,
    string Item,
    AcceptedType? Accepted,
    Signed? Undone
)
{
    /// <summary>The distance of a parameter that a definition doesn't allow. Differences in width and height count in
    /// pixels.</summary>
    private const long ParameterDistance = 1000;

    /// <summary>The distance of a request from this definition: the difference of the closest sizes, plus 1,000 for
    /// each parameter that isn't allowed. 0 means valid.</summary>
    /// <param name="enough">A distance from which the result needn't be exact, only at least this.</param>
    public long DistanceTo(AdSize[] sizes, KeyValuePair<string, string>[] asked, long enough = long.MaxValue)
    {
        long closest = long.MaxValue;
        foreach (AdSize size in sizes)
        {
            foreach (AdSize own in Sizes)
            {
                closest = Math.Min(closest, size.DistanceTo(own));
            }
        }

        if (closest >= enough)
        {
            return closest;
        }

        foreach (KeyValuePair<string, string> parameter in asked)
        {
            if (!Allows(parameter))
            {
                closest += ParameterDistance;
            }
        }

        return closest;
    }

    /// <summary>The request's first size that this definition has. Otherwise, the defined size closest to any requested
    /// one; on a tie, the one defined first.</summary>
    public AdSize SizeFor(AdSize[] sizes, out bool isAsked)
    {
        AdSize best = Sizes[0];
        long closest = long.MaxValue;
        for (int i = 0; i < sizes.Length; i++)
        {
            for (int j = 0; j < Sizes.Length; j++)
            {
                if (sizes[i] == Sizes[j])
                {
                    isAsked = true;
                    return Sizes[j];
                }
            }
        }

        for (int j = 0; j < Sizes.Length; j++)
        {
            for (int i = 0; i < sizes.Length; i++)
            {
                if (sizes[i].DistanceTo(Sizes[j]) < closest)
                {
                    (closest, best) = (sizes[i].DistanceTo(Sizes[j]), Sizes[j]);
                }
            }
        }

        isAsked = false;
        return best;
    }

    public bool Allows(KeyValuePair<string, string> parameter)
    {
        if (!Allowed.TryGetValue(parameter.Key, out string[]? values))
        {
            return false;
        }

        foreach (string value in values)
        {
            if (value == parameter.Value)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The value of the settings record.</summary>
    public string ToJson() =>
        ContentAnswer.JsonOf(json =>
        {
            json.WriteStartObject();
            json.WriteString("unit"u8, Unit);
            json.WriteStartArray("sizes"u8);
            foreach (AdSize size in Sizes)
            {
                size.Write(json);
            }

            json.WriteEndArray();
            json.WriteStartObject("parameters"u8);
            foreach ((string name, string[] values) in Allowed.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            {
                json.WriteStartArray(name);
                foreach (string value in values)
                {
                    json.WriteStringValue(value);
                }

                json.WriteEndArray();
            }
            json.WriteEndObject();
            json.WriteString("item"u8, Item);
            if (Accepted != null)
            {
                Write(json, "accepted", Accepted.Type, Accepted.By, Accepted.Time);
            }

            if (Undone != null)
            {
                Write(json, "undone", null, Undone.By, Undone.Time);
            }

            json.WriteEndObject();
        });

    private static void Write(Utf8JsonWriter json, string name, string? type, string by, long time)
    {
        json.WriteStartObject(name);
        if (type != null)
        {
            json.WriteString("type"u8, type);
        }

        json.WriteString("by"u8, by);
        json.WriteNumber("time"u8, time);
        json.WriteEndObject();
    }
}

/// <summary>The author and the time of an action (ms since the epoch).</summary>
public sealed record Signed(string By, long Time);

/// <summary>The accepted type of invalid requests, who accepted it, and when (ms since the epoch).</summary>
public sealed record AcceptedType(string Type, string By, long Time);

/// <summary>Reads <c>definition/&lt;sponsor&gt;/&lt;id&gt;</c>.</summary>
public sealed class DefinitionKind : ISettingKind
{
    public string Kind => "definition";

    public object Parse(string id, SettingReader record)
    {
        int slash = id.IndexOf('/');
        if (slash <= 0 || slash == id.Length - 1)
        {
            throw record.Wrong($"the id is '{id}'; expected <sponsor>/<id>");
        }

        SettingReader? accepted = record.Object("accepted"),
            undone = record.Object("undone");
        if (undone != null && accepted == null)
        {
            throw record.Wrong(
                "'undone' needs 'accepted'; to delete a definition that wasn't accepted, send an empty value"
            );
        }

        var definition = new DefinitionSetting(
            id[..slash],
            id[(slash + 1)..],
            IdentifierOf(record, "unit"),
            SizesOf(record),
            AllowedOf(record),
            IdentifierOf(record, "item"),
            accepted == null
                ? null
                : new AcceptedType(accepted.RequiredText("type"), accepted.RequiredText("by"), TimeOf(accepted)),
            undone == null ? null : new Signed(undone.RequiredText("by"), TimeOf(undone))
        );
        accepted?.Done();
        undone?.Done();
        return definition;
    }

    private static string IdentifierOf(SettingReader record, string name)
    {
        string text = record.RequiredText(name);
        return Identifier.IsOne(text) ? text : throw record.Wrong($"'{name}' is '{text}'; expected {Identifier.Words}");
    }

    private static long TimeOf(SettingReader record) =>
        record.Integer("time", 0, EventLimits.MaxTime) ?? throw record.Wrong("'time' is missing");

    private static AdSize[] SizesOf(SettingReader record)
    {
        JsonElement list = record.List("sizes") ?? throw record.Wrong("'sizes' is missing");
        return AdSize.ReadList(list, out string problem, out _) ?? throw record.Wrong($"'sizes': {problem}");
    }

    private static Dictionary<string, string[]> AllowedOf(SettingReader record)
    {
        var allowed = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (record.Map("parameters") is not { } map)
        {
            return allowed;
        }

        foreach (JsonProperty parameter in map.EnumerateObject())
        {
            if (!Parameters.IsName(parameter.Name))
            {
                throw record.Wrong(
                    $"'parameters' has a name of {parameter.Name.Length} characters; expected 1 to "
                        + $"{Parameters.MaxNameBytes} bytes"
                );
            }

            if (parameter.Value.ValueKind != JsonValueKind.Array)
            {
                throw record.Wrong(
                    $"'parameters': '{parameter.Name}' is {SettingReader.Kind(parameter.Value)}; expected a list of "
                        + $"texts"
                );
            }

            string[] values =
            [
                .. parameter
                    .Value.EnumerateArray()
                    .Select(value =>
                        value.ValueKind == JsonValueKind.String
                            ? value.GetString()!
                            : throw record.Wrong(
                                $"'parameters': '{parameter.Name}' holds {SettingReader.Kind(value)}; expected texts"
                            )
                    ),
            ];
            if (values.Length == 0 || !values.All(Parameters.IsValue))
            {
                throw record.Wrong(
                    $"'parameters': '{parameter.Name}' holds {values.Length} values; expected one or more of at "
                        + $"most {Parameters.MaxValueBytes} bytes each"
                );
            }

            allowed[parameter.Name] = values;
        }
        return allowed;
    }
}
