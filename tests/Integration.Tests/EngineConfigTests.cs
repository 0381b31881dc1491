using Engine.App.Configuration;
using Engine.Configuration;
using Integration.Tests.Rig;
using Xunit;

namespace Integration.Tests;

/// <summary>engine.yaml: what it says, what it leaves out, and what is wrong with it, where.</summary>
public sealed class EngineConfigTests
{
    [Fact]
    public void The_shipped_file_says_what_the_defaults_are()
    {
        var defaults = new EngineConfig();
        EngineConfig shipped = EngineConfig.Read(Path.Combine(Programs.Checkout, "configs", "engine.yaml"));
        Assert.Equivalent(defaults, shipped, strict: true);
    }

    [Fact]
    public void Fields_are_taken_and_the_others_stay()
    {
        EngineConfig config = Read(
            """
            group: 7
            redis:
            http: "0.0.0.0:80"
            lanes: 3
            files: [a, b/c]
            behind_proxy: true
            http_open: true
            currency: EUR
            http_limits: { under_way: 9, per_token: 0, per_address: ~ }
            consume: { progress_ms: 250, librdkafka: { queued.max.messages.kbytes: 65536, security.protocol: sasl_ssl } }
            deliver:
              verdict_ttl_s: 3000000000
            bounds: ~
            """
        );
        Assert.Equal(
            ("7", "", "0.0.0.0:80", 3, true),
            (config.Group, config.Redis, config.Http, config.Lanes, config.BehindProxy)
        );
        Assert.Equal(["a", "b/c"], config.Files);
        Assert.Equal(
            (250, 4096, 3_000_000_000),
            (config.Consume.ProgressMs, config.Consume.BatchMessages, config.Deliver.VerdictTtlS)
        );
        Assert.Equal(
            ("65536", "sasl_ssl"),
            (config.Consume.Librdkafka["queued.max.messages.kbytes"], config.Consume.Librdkafka["security.protocol"])
        );
        Assert.True(config.HttpOpen);
        Assert.Equal("EUR", config.Currency);
        Assert.Equal(
            (9, 0, null),
            (config.HttpLimits.UnderWay, config.HttpLimits.PerToken, config.HttpLimits.PerAddress)
        );
        Assert.Equal(1_000_000, config.Bounds.WindowKeys);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing but a comment")]
    [InlineData("~")]
    public void A_file_without_fields_is_one(string yaml) =>
        Assert.Equivalent(new EngineConfig(), Read(yaml), strict: true);

    [Theory]
    [InlineData("kafak: x", "line 1, column 1: engine.yaml has no field 'kafak'; it has kafka, kafka_security")]
    [InlineData("deliver:\n  ttl: 5", "line 2, column 3: deliver has no field 'ttl'; it has verdicts, verdict_ttl_s")]
    [InlineData("lanes: many", "line 1, column 8: lanes is 'many'; expected a whole number")]
    [InlineData("lanes: 3000000000", "line 1, column 8: lanes is 3000000000; expected no more than 2147483647")]
    [InlineData("behind_proxy: 1", "line 1, column 15: behind_proxy is '1'; expected true or false")]
    [InlineData("files: lists", "line 1, column 8: files isn't a list; expected a list of texts")]
    [InlineData("files: [[a]]", "line 1, column 9: files contains an element that isn't text")]
    [InlineData("redis: [a]", "line 1, column 8: redis is a list or a map; expected one value")]
    [InlineData("bounds: 5", "line 1, column 9: expected a map")]
    [InlineData("- a", "line 1, column 1: expected a map")]
    [InlineData("group: a\ngroup: b", "line 2, column 1: Duplicate key")]
    [InlineData("group: a\n---\ngroup: b", "line 3, column 1: expected one document")]
    [InlineData("group: [a", "line 2, column 1")]
    [InlineData("http_limits: { under_way: 0 }", ": http_limits.under_way is 0; expected 1 to 100000")]
    [InlineData("http_limits: { per_token: -1 }", ": http_limits.per_token is -1; expected 0 (none) to 1000000")]
    [InlineData("lanes: -1", ": lanes is -1; expected 0 (one per core) to 1024")]
    public void What_is_wrong_is_told_with_its_place(string yaml, string expected) =>
        Assert.Contains(expected, Assert.Throws<ConfigException>(() => Read(yaml)).Message, StringComparison.Ordinal);

    private static EngineConfig Read(string yaml)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, yaml);
            return EngineConfig.Read(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
