using System.Text.Json;
using Engine.Pipeline.History;
using Models.Training.Data;

namespace Models.Training.Clicks;

/// <summary>What the click forest knows of a click: the contract's fields, as text; missing ones are empty.</summary>
/// <param name="Id">Click's id.</param>
/// <param name="Time">ms since 1970.</param>
/// <param name="Fields">By <see cref="Names"/>.</param>
public sealed record ClickRecord(string Id, long Time, string[] Fields)
{
    /// <summary>Fields with histories, in order.</summary>
    public static readonly IReadOnlyList<string> Names = ClickFields.Names;

    /// <summary>The clicks of a JSONL file (.gz too) in the contract's form.</summary>
    public static IEnumerable<ClickRecord> Read(string file)
    {
        int number = 0;
        foreach (string line in TextFile.Lines(file))
        {
            number++;
            yield return Parse(line)
                ?? throw new DataException($"{file}:{number}: expected a click as JSON with \"id\" and \"time\"");
        }
    }

    private static ClickRecord? Parse(string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            if (
                !root.TryGetProperty("id", out JsonElement id)
                || !root.TryGetProperty("time", out JsonElement time)
                || !time.TryGetInt64(out long ms)
            )
            {
                return null;
            }

            string Text(string name) => Get(root, name);
            JsonElement device = root.TryGetProperty("device", out JsonElement d) ? d : default;
            string Device(string name) => device.ValueKind == JsonValueKind.Object ? Get(device, name) : "";
            string make = Device("make"),
                model = Device("model"),
                osv = Device("osv");
            string network = string.Join('.', Text("ip").Split('.').Take(3));
            return new ClickRecord(
                id.GetString() ?? "",
                ms,
                [
                    Text("publisher"),
                    Text("placement"),
                    Text("campaign"),
                    Screen(root),
                    Version(osv),
                    Plain(make),
                    Plain(model),
                    make,
                    model,
                    osv,
                    Device("carrier"),
                    Device("connectiontype"),
                    Device("language"),
                    (ms / 3_600_000 % 24).ToString(),
                    network,
                    Text("visitor"),
                    Device("os"),
                ]
            );
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Get(JsonElement of, string name) =>
        of.TryGetProperty(name, out JsonElement value)
            ? value.ValueKind == JsonValueKind.String
                ? value.GetString()!
                : value.GetRawText()
            : "";

    /// <summary>Width and height as shortest numbers, however they were written; empty where there are none.</summary>
    private static string Screen(JsonElement click) =>
        click.TryGetProperty("viewport", out JsonElement value)
        && value.ValueKind == JsonValueKind.Array
        && value.GetArrayLength() == 2
        && value.EnumerateArray().All(side => side.ValueKind == JsonValueKind.Number)
            ? FormattableString.Invariant($"[{value[0].GetDouble():R},{value[1].GetDouble():R}]")
            : "";

    /// <summary>Spellings joined: lower case, letters and digits only.</summary>
    private static string Plain(string text) => string.Concat(text.ToLowerInvariant().Where(char.IsLetterOrDigit));

    /// <summary>A version without a prefix such as "Android_".</summary>
    private static string Version(string text) => text[Math.Max(0, text.AsSpan().IndexOfAnyInRange('0', '9'))..];
}
