using System.Text.Json;
using Engine.Pipeline.History;
using Models.Training.Data;

namespace Models.Training.Clicks;

/// <summary>The click forest's view of a click: the contract's fields as text; missing ones are empty.</summary>
/// <param name="Id">The click's id.</param>
/// <param name="Time">The time in ms since the Unix epoch.</param>
/// <param name="Fields">The fields, by <see cref="Names"/>.</param>
public sealed record ClickRecord(string Id, long Time, string[] Fields)
{
    /// <summary>The fields with histories, in order.</summary>
    public static readonly IReadOnlyList<string> Names = ClickFields.Names;

    /// <summary>Reads the clicks of a JSONL file (.gz too) in the contract's form.</summary>
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

    /// <summary>Formats the width and height as shortest numbers, however they were written; empty if they are
    /// missing.</summary>
    private static string Screen(JsonElement click) =>
        click.TryGetProperty("viewport", out JsonElement value)
        && value.ValueKind == JsonValueKind.Array
        && value.GetArrayLength() == 2
        && value.EnumerateArray().All(side => side.ValueKind == JsonValueKind.Number)
            ? FormattableString.Invariant($"[{value[0].GetDouble():R},{value[1].GetDouble():R}]")
            : "";

    /// <summary>Normalises spellings: lower case, only letters and digits.</summary>
    private static string Plain(string text) => string.Concat(text.ToLowerInvariant().Where(char.IsLetterOrDigit));

    /// <summary>Removes a prefix such as "Android_" from a version.</summary>
    private static string Version(string text) => text[Math.Max(0, text.AsSpan().IndexOfAnyInRange('0', '9'))..];
}
