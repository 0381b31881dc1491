using System.Text;
using Engine.Configuration;
using Engine.Pipeline.Settings;
using Fuzz.Tests.Running;
using Tests.Support;
using YamlDotNet.Core;

namespace Fuzz.Tests.Targets;

/// <summary>Files of settings in YAML: entries in JSON, or an error with its position.</summary>
internal sealed class YamlSettings : FuzzTarget
{
    public override string Name => "yaml-settings";
    public override int Share => 1;

    public override IReadOnlyList<byte[]> Valid { get; } =
    [
        .. SharedData
            .SettingsAndSamples.SelectMany(folder => Directory.GetFiles(folder, "*.yaml"))
            .Order()
            .Select(Head),
        .. Examples.Bytes(
            "a: &x {b: [1, 0x1F, .5, 007, ~, 'text', \"\\u00e9\"]}\nc: *x\n",
            "rule/x:\n  when: |\n    a\n    && b\n  then: {class: sivt}\n"
        ),
    ];

    protected override IEnumerable<string> Tokens =>
        [
            ": ",
            "- ",
            "? ",
            "[",
            "]",
            "{",
            "}",
            "&a ",
            "*a",
            "|",
            ">-",
            "\"",
            "'",
            "\\uD800",
            "\\",
            "%YAML 9.9\n",
            "---\n",
            "...\n",
            "\n",
            "\n  ",
            "\t",
            "# ",
            "!!int ",
            "!<x> ",
            "<<: ",
            "null",
            "~",
            "0x",
            "1e999",
            "\uFEFF",
            "a: [*a, *a]\n",
        ];

    public override bool Accepts(ReadOnlySpan<byte> input)
    {
        string text = Encoding.UTF8.GetString(input);
        try
        {
            foreach ((string key, string? value) in YamlJson.Map(text))
            {
                if (value != null)
                {
                    using var document = System.Text.Json.JsonDocument.Parse(value, new() { MaxDepth = 128 });
                }
            }

            return true;
        }
        catch (Exception e) when (e is YamlException or ConfigException)
        {
            return false;
        }
    }

    /// <summary>The beginning of a file, as far as whole entries: long ones only slow the rest down.</summary>
    private static byte[] Head(string file) =>
        Encoding.UTF8.GetBytes(string.Join('\n', File.ReadLines(file).Take(12)) + "\n");
}
