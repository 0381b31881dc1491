using System.Text;
using System.Text.Json.Nodes;
using Engine.Contracts.Settings;
using Engine.Pipeline.Settings;
using Engine.Primitives;
using Engine.Workflows;
using Fuzz.Tests.Inputs;
using Fuzz.Tests.Running;
using Tests.Support;

namespace Fuzz.Tests.Targets;

/// <summary>Records of <c>settings</c>: accepted, or refused with a reason and words; what is accepted builds a
/// version. An input is the key, a newline and the value.</summary>
internal sealed class SettingRecords : FuzzTarget
{
    private static readonly ISettingKind[] Others = [.. WorkflowModules.All.SelectMany(module => module.SettingKinds)];
    private static readonly SettingFiles Files = new(SharedData.Settings);

    private readonly (string Key, string Json)[] _examples = [.. ReadExamples()];
    private readonly Dictionary<string, JsonObjects> _objects;

    public SettingRecords()
    {
        _objects = _examples
            .GroupBy(example => example.Key)
            .ToDictionary(group => group.Key, group => new JsonObjects(group.Select(example => example.Json)));
        Valid = Examples.Bytes(_examples.Select(example => $"{example.Key}\n{example.Json}"));
    }

    public override string Name => "setting-records";
    public override IReadOnlyList<byte[]> Valid { get; }

    protected override IEnumerable<string> Tokens =>
        [.. JsonObjects.Tokens, .. _examples.Select(example => example.Key), "/", "click.ip", " in ", "&&", "matches("];

    protected override void Shape(Dice dice, InputBuffer into)
    {
        string key = dice.Pick(_examples).Key;
        into.Add(Encoding.UTF8.GetBytes(key)).Add((byte)'\n');
        _objects[key].Make(dice, into);
    }

    public override bool Accepts(ReadOnlySpan<byte> input)
    {
        string text = Encoding.UTF8.GetString(input);
        int line = text.IndexOf('\n');
        var builder = new SettingsBuilder(Files, Others);
        try
        {
            builder.Apply(line < 0 ? text : text[..line], line < 0 ? "" : text[(line + 1)..]);
        }
        catch (SettingException e)
        {
            Holds(
                e.Message.Length > 0 && e.Reason != Engine.Contracts.DeadLetterReason.None,
                "a refusal has no reason"
            );
            return false;
        }

        builder.Build("s-1", new KeyedHash(1, 2));
        // An empty value deletes.
        return line >= 0 && line + 1 < text.Length;
    }

    /// <summary>The schemas' examples, without the kinds that name files.</summary>
    private static IEnumerable<(string Key, string Json)> ReadExamples()
    {
        string folder = Path.Combine(SharedData.Repository, "configs", "schemas");
        string[] kinds = [.. SettingParser.Kinds, .. Others.Select(kind => kind.Kind)];
        foreach (string kind in kinds.Except(["list", "model"]))
        {
            string schema = File.ReadAllText(Path.Combine(folder, kind + ".schema.json"));
            foreach (JsonNode? example in JsonNode.Parse(schema)!["examples"]!.AsArray())
            {
                yield return (KeyOf(kind), example!.ToJsonString());
            }
        }
    }

    private static string KeyOf(string kind) =>
        kind switch
        {
            "bands" => "bands/default",
            "limits" => "limits/time",
            "reason" => "reason/rate.visitor",
            "association-reason" => "association-reason/network.accounts",
            "binding-reason" => "binding-reason/network.accounts",
            "content" => "content/limits",
            "definition" => "definition/x/y",
            "message-rule" => "message-rule/everyone/x",
            "message-suggestion" => "message-suggestion/x/y",
            "override" => "override/x/y",
            _ => kind + "/x",
        };
}
