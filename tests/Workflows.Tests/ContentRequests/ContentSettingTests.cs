using System.Text.Json.Nodes;
using Engine.Contracts.Settings;
using Engine.Pipeline.Settings;
using Engine.Workflows.ContentRequests.Settings;
using Tests.Support;
using Xunit;

namespace Workflows.Tests.ContentRequests;

/// <summary>
/// Sponsors, definitions and limits: what loads, what doesn't and why, and that the schemas say the same.
/// </summary>
public class ContentSettingTests
{
    private static readonly ContentRun.SettingRecordsReader Reader = new();
    private static readonly string[] OwnKinds = ["sponsor/", "definition/", "content/"];

    private static string KeyOf(string kind) =>
        kind switch
        {
            "sponsor" => "sponsor/sp-1",
            "definition" => "definition/sp-1/front-top",
            _ => "content/limits",
        };

    private static JsonObject Schema(string kind) =>
        JsonNode
            .Parse(File.ReadAllText(Path.Combine(SharedData.Repository, "configs", "schemas", kind + ".schema.json")))!
            .AsObject();

    private static JsonObject Example(string kind) => Schema(kind)["examples"]![0]!.DeepClone().AsObject();

    [Theory]
    [InlineData(
        "sponsor/sp-1",
        "{\"resources\":[\"https://a.example/?x\"]}",
        "'resources' holds 'https://a.example/?x'; expected an address without a user name, query or fragment"
    )]
    [InlineData("sponsor/sp-1", "{\"resources\":[\"https://me@a.example/\"]}", "'resources' holds")]
    [InlineData("sponsor/sp-1", "{\"resources\":[\"\"]}", "'resources' holds ''")]
    [InlineData("sponsor/sp-1", "{\"resources\":[1]}", "'resources' holds the number 1; expected texts")]
    [InlineData("sponsor/sp-1", "{\"requests_per_s\":0}", "'requests_per_s' is 0")]
    [InlineData(
        "sponsor/sp-1",
        "{\"tokens\":[\"secret\"]}",
        "'tokens' holds 'secret'; expected the SHA-256 of a token, 64 hex digits"
    )]
    [InlineData("sponsor/sp/1", "{}", "the id is 'sp/1'; expected one without a slash")]
    [InlineData("definition/sp-1", "{}", "the id is 'sp-1'; expected <sponsor>/<id>")]
    [InlineData("definition/sp-1/", "{}", "the id is 'sp-1/'; expected <sponsor>/<id>")]
    [InlineData("definition/sp-1/a", "{\"sizes\":[[1,1]],\"item\":\"i\"}", "'unit' is missing")]
    [InlineData(
        "definition/sp-1/a",
        "{\"unit\":\"a b\",\"sizes\":[[1,1]],\"item\":\"i\"}",
        "'unit' is 'a b'; expected 1 to 128"
    )]
    [InlineData("definition/sp-1/a", "{\"unit\":\"u\",\"item\":\"i\"}", "'sizes' is missing")]
    [InlineData(
        "definition/sp-1/a",
        "{\"unit\":\"u\",\"sizes\":[],\"item\":\"i\"}",
        "'sizes': expected 1 to 64 of [width, height]"
    )]
    [InlineData(
        "definition/sp-1/a",
        "{\"unit\":\"u\",\"sizes\":[[1,-1]],\"item\":\"i\"}",
        "'sizes': -1 isn't a width or height"
    )]
    [InlineData("definition/sp-1/a", "{\"unit\":\"u\",\"sizes\":[[1,1]]}", "'item' is missing")]
    [InlineData(
        "definition/sp-1/a",
        "{\"unit\":\"u\",\"sizes\":[[1,1]],\"item\":\"i\",\"parameters\":{\"c\":\"blue\"}}",
        "'c' is the text 'blue'; expected a list of texts"
    )]
    [InlineData(
        "definition/sp-1/a",
        "{\"unit\":\"u\",\"sizes\":[[1,1]],\"item\":\"i\",\"parameters\":{\"c\":[]}}",
        "'c' holds 0 values"
    )]
    [InlineData(
        "definition/sp-1/a",
        "{\"unit\":\"u\",\"sizes\":[[1,1]],\"item\":\"i\",\"parameters\":{\"c\":[1]}}",
        "'c' holds the number 1; expected texts"
    )]
    [InlineData(
        "definition/sp-1/a",
        "{\"unit\":\"u\",\"sizes\":[[1,1]],\"item\":\"i\",\"undone\":{\"by\":\"x\",\"time\":1}}",
        "'undone' needs 'accepted'"
    )]
    [InlineData(
        "definition/sp-1/a",
        "{\"unit\":\"u\",\"sizes\":[[1,1]],\"item\":\"i\",\"accepted\":{\"by\":\"x\",\"time\":1}}",
        "accepted: 'type' is missing"
    )]
    [InlineData("content/rates", "{}", "there is only content/limits")]
    [InlineData("content/limits", "{\"standing_share\":1.1}", "'standing_share' is 1.1; expected 0 to 1")]
    public void A_record_that_does_not_load_says_why(string key, string json, string expected)
    {
        SettingException error = Assert.Throws<SettingException>(() => Reader.Parse(key, json));
        Assert.StartsWith(key + ": ", error.Message);
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public void What_is_left_out_is_the_default()
    {
        Assert.Equal(ContentLimits.Default, Reader.Parse("content/limits", "{}"));
        var sponsor = (SponsorSetting)Reader.Parse("sponsor/sp-1", "{}");
        Assert.Equal(
            ("sp-1", null, 0, 0),
            (sponsor.Name, sponsor.RequestsPerSecond, sponsor.Resources.Count, sponsor.TokenHashes.Count)
        );
    }

    [Theory]
    [InlineData("sponsor")]
    [InlineData("definition")]
    [InlineData("content")]
    public void The_schema_has_the_loaders_properties_and_required_ones(string kind)
    {
        JsonObject example = Example(kind),
            properties = Schema(kind)["properties"]!.AsObject();
        Assert.NotNull(Reader.Parse(KeyOf(kind), example.ToJsonString()));
        Assert.Equal(
            properties.Select(p => p.Key).Order(StringComparer.Ordinal),
            example.Select(p => p.Key).Order(StringComparer.Ordinal)
        );
        Lists(kind, example, properties);
        foreach ((string name, JsonNode? property) in properties)
        {
            if (property!["properties"] is not JsonObject inner)
            {
                continue;
            }

            JsonObject nested = Example(kind);
            Assert.Equal(
                inner.Select(p => p.Key).Order(StringComparer.Ordinal),
                nested[name]!.AsObject().Select(p => p.Key).Order(StringComparer.Ordinal)
            );
            Lists(kind, nested, inner, name);
            Required(kind, inner.Select(p => p.Key), name);
        }
        Required(kind, Schema(kind)["required"]?.AsArray().Select(word => word!.ToString()) ?? [], null);
    }

    [Theory]
    [InlineData("sponsor", "requests_per_s")]
    [InlineData("content", "network_requests")]
    [InlineData("content", "standing_share")]
    [InlineData("content", "standing_clicks")]
    public void Bounds_of_the_schema_are_the_loaders(string kind, string name)
    {
        JsonObject property = Schema(kind)["properties"]![name]!.AsObject();
        foreach (string bound in new[] { "minimum", "maximum" })
        {
            JsonObject at = Example(kind),
                beyond = Example(kind);
            at[name] = property[bound]!.DeepClone();
            beyond[name] = property[bound]!.GetValue<double>() + (bound == "minimum" ? -1 : 1);
            Assert.NotNull(Reader.Parse(KeyOf(kind), at.ToJsonString()));
            Assert.Throws<SettingException>(() => Reader.Parse(KeyOf(kind), beyond.ToJsonString()));
        }
    }

    [Fact]
    public void The_shipped_records_load_and_answer()
    {
        Dictionary<string, object> records = SettingsFolder
            .Read(SharedData.SettingsAndSamples)
            .Where(record => OwnKinds.Any(kind => record.Key.StartsWith(kind, StringComparison.Ordinal)))
            .ToDictionary(record => record.Key, record => Reader.Parse(record.Key, record.Value));
        Assert.Contains("content/limits", records.Keys);
        Assert.Equal(ContentLimits.Default, records["content/limits"]);
        Assert.Single(((SponsorSetting)records["sponsor/sp-1"]).TokenHashes);
        Assert.Equal(3, records.Values.OfType<DefinitionSetting>().Count());
    }

    /// <summary>
    /// A sponsor's token that the repository holds must be in force for nobody who didn't ask for it.
    /// </summary>
    [Fact]
    public void The_settings_of_a_first_start_hold_nothing_of_the_sample_traffic()
    {
        string[] ofOnesOwn =
        [
            "sponsor/",
            "definition/",
            "page/",
            "process/",
            "campaign/",
            "item/",
            "meeting-rule/",
            "message-rule/",
            "vocabulary/",
        ];
        Assert.DoesNotContain(SettingsFolder.Read(SharedData.Settings).Keys, key => ofOnesOwn.Any(key.StartsWith));
        Assert.All(SettingsFolder.Read(SharedData.Samples).Keys, key => Assert.Contains(ofOnesOwn, key.StartsWith));
    }

    private static void Lists(string kind, JsonObject record, JsonObject properties, string? inside = null)
    {
        (inside == null ? record : record[inside]!.AsObject())["nope"] = 1;
        string message = Assert
            .Throws<SettingException>(() => Reader.Parse(KeyOf(kind), record.ToJsonString()))
            .Message;
        Assert.Contains("'nope' isn't a field here", message);
        Assert.Equal(
            properties.Select(p => p.Key).Order(StringComparer.Ordinal),
            message[(message.LastIndexOf("fields are ", StringComparison.Ordinal) + 11)..]
                .Split(", ")
                .Order(StringComparer.Ordinal)
        );
    }

    private static void Required(string kind, IEnumerable<string> names, string? inside)
    {
        foreach (string name in names)
        {
            JsonObject without = Example(kind);
            (inside == null ? without : without[inside]!.AsObject()).Remove(name);
            Assert.Contains(
                $"'{name}' is missing",
                Assert.Throws<SettingException>(() => Reader.Parse(KeyOf(kind), without.ToJsonString())).Message
            );
        }
    }
}
