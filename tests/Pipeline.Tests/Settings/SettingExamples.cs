using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Engine.Pipeline.Settings;
using Pipeline.Tests.Decide;
using Tests.Support;

namespace Pipeline.Tests.Settings;

/// <summary>The schemas of configs/schemas with their examples, and files for those that name one.</summary>
internal sealed class SettingExamples : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _listHash,
        _modelHash;

    public SettingExamples()
    {
        _folder
            .With("addresses.txt", "198.51.100.0/24")
            .With("bad.txt", "198.51.100.0/24\nnonsense")
            .With("agents.txt", "bot")
            .With("clicks.artefact", SmallModel.Clicks())
            .With("all.txt", "bot\n!");
        (_listHash, _modelHash) = (Hash("addresses.txt"), Hash("clicks.artefact"));
    }

    public object Parse(string key, string json) =>
        SettingParser.Parse(key, json.Replace("LISTHASH", _listHash), new SettingFiles(_folder.Path));

    /// <summary>The key under which a kind's examples are records.</summary>
    public static string KeyOf(string kind) =>
        kind switch
        {
            "bands" => "bands/default",
            "limits" => "limits/time",
            "model" => "model/clicks",
            "reason" => "reason/rate.visitor",
            _ => kind + "/x",
        };

    public static JsonObject Schema(string kind) =>
        JsonNode
            .Parse(File.ReadAllText(Path.Combine(SharedData.Repository, "configs", "schemas", kind + ".schema.json")))!
            .AsObject();

    public IEnumerable<JsonObject> Examples(string kind)
    {
        foreach (JsonNode? example in Schema(kind)["examples"]!.AsArray())
        {
            JsonObject record = example!.DeepClone().AsObject();
            if (record["sha256"] != null)
            {
                record["sha256"] = kind == "model" ? _modelHash : _listHash;
            }

            yield return record;
        }
    }

    public void Dispose() => _folder.Dispose();

    private string Hash(string file) =>
        Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(_folder.Path, file))));
}
