using Engine.Contracts;
using Engine.Contracts.Settings;
using Engine.Pipeline.Settings;
using Xunit;

namespace Pipeline.Tests.Settings;

/// <summary>What a record says wrong is told with its key, the field, what came and what was expected.</summary>
public sealed class SettingErrorTests : IDisposable
{
    private readonly SettingExamples _examples = new();

    [Theory]
    [InlineData("campaign", "{}", "of the form kind/id")]
    [InlineData("/x", "{}", "of the form kind/id")]
    [InlineData("rule/", "{}", "of the form kind/id")]
    [InlineData("rule/a b", "{}", "the id is 'a b'; expected 1 to 128")]
    [InlineData("rule/é", "{}", "the id is 'é'")]
    [InlineData("colour/x", "{}", "'colour' is not a kind of setting; the kinds are allow, bands")]
    [InlineData("bands/default", "{", "not JSON")]
    [InlineData("bands/default", "[]", "expected an object, got a list")]
    [InlineData("bands/other", "{}", "the only key of this kind is bands/default")]
    [InlineData("bands/default", "{\"review\":\"x\"}", "'review' is the text 'x'; expected a number")]
    [InlineData("bands/default", "{\"review\":1.5}", "'review' is 1.5; expected 0 to 1")]
    [InlineData("bands/default", "{\"block\":1e999}", "'block' is 1e999; expected 0 to 1")]
    [InlineData("bands/default", "{\"review\":0.8}", "expected review <= challenge <= block")]
    [InlineData("limits/times", "{}", "the only key of this kind is limits/time")]
    [InlineData("limits/time", "{\"join_ms\":2.5}", "'join_ms' is 2.5; expected a whole number from 0 to 600000")]
    [InlineData(
        "limits/time",
        "{\"duplicates_max\":999}",
        "'duplicates_max' is 999; expected a whole number from 1000"
    )]
    [InlineData("limits/time", "{\"joinms\":1}", "'joinms' isn't a field here; the fields are duplicates_max")]
    [InlineData("allow/x", "{}", "expected exactly one of 'ip', 'visitor' and 'campaign'")]
    [InlineData("snooze/x", "{\"reason\":\"rate.ip\",\"publisher\":\"p\"}", "'until' is missing: a snooze ends")]
    [InlineData("snooze/x", "{\"reason\":\"rate.ip\",\"until\":1}", "'publisher' is missing")]
    [InlineData(
        "snooze/x",
        "{\"reason\":\"confirmation.missed\",\"publisher\":\"p\",\"until\":1}",
        "expected a code of"
    )]
    [InlineData("snooze/x", "{\"reason\":\"rule.r\",\"publisher\":\"p\",\"until\":1}", "a rule has its own condition")]
    [InlineData(
        "snooze/x",
        "{\"reason\":\"rate.ip\",\"publisher\":\"a b\",\"until\":1}",
        "'publisher' is 'a b'; expected 1 to 128"
    )]
    [InlineData("allow/x", "{\"ip\":\"1.2.3.4\",\"visitor\":\"v\"}", "expected exactly one of")]
    [InlineData("allow/x", "{\"ip\":\"1.2.3\"}", "'ip' is '1.2.3'; expected an address or a CIDR")]
    [InlineData("allow/x", "{\"visitor\":\"a b\"}", "'visitor' is 'a b'; expected 1 to 128")]
    [InlineData("allow/x", "{\"visitor\":\"v\",\"because\":\"\\ud800\"}", "a string in it is invalid")]
    [InlineData("allow/x", "{\"visitor\":\"v\",\"\\ud800\":1}", "a string in it is invalid")]
    [InlineData("allow/x", "{\"visitor\":\"v\",\"until\":-1}", "'until' is -1")]
    [InlineData(
        "campaign/x",
        "{\"target\":\"javascript:x\"}",
        "'target' is 'javascript:x'; expected an http or https address"
    )]
    [InlineData(
        "campaign/x",
        "{\"review_above\":{\"invalid_share\":2}}",
        "campaign/x: review_above: 'invalid_share' is 2"
    )]
    [InlineData("campaign/x", "{\"review_above\":5}", "'review_above' is the number 5; expected an object")]
    [InlineData("reason/rate.planet", "{}", "'rate.planet' is not a reason")]
    [InlineData("reason/rate.ip", "{\"window_s\":61}", "'window_s' is 61; expected 60, 600 or 3600")]
    [InlineData("reason/rate.pair", "{\"window_s\":60}", "'window_s' is 60; expected 600 or 3600")]
    [InlineData("reason/rate.ip", "{\"class\":\"bad\"}", "'class' is 'bad'; expected none, suspect, givt or sivt")]
    [InlineData("reason/rate.ip", "{\"shadow\":1}", "'shadow' is the number 1; expected true or false")]
    [InlineData("rule/x", "{\"then\":{}}", "'when' is missing")]
    [InlineData("rule/x", "{\"when\":\"true\"}", "'then' is missing")]
    [InlineData(
        "rule/x",
        "{\"when\":\"true\",\"then\":{\"band\":\"high\"}}",
        "'band' is 'high'; expected allow, review, challenge, block"
    )]
    [InlineData(
        "rule/x",
        "{\"when\":\"true\",\"then\":{\"action\":\"Deny\"}}",
        "'action' is 'Deny'; expected accept, flag, confirm, deny"
    )]
    [InlineData("rule/x", "{\"when\":\"click.nobody == 1\",\"then\":{}}", "'when' at line 1, column 1")]
    [InlineData("rule/x", "{\"when\":\"1 + 1\",\"then\":{}}", "'when' at line 1")]
    [InlineData(
        "list/x",
        "{\"file\":\"addresses.txt\",\"reason\":\"rate.ip\"}",
        "'reason' is 'rate.ip'; expected list.datacentre"
    )]
    [InlineData("list/x", "{\"reason\":\"list.proxy\"}", "'file' is missing")]
    [InlineData(
        "list/x",
        "{\"file\":\"bad.txt\",\"reason\":\"list.proxy\"}",
        "'bad.txt': line 2: 'nonsense' is not an address"
    )]
    [InlineData(
        "list/x",
        "{\"file\":\"all.txt\",\"reason\":\"list.crawler\"}",
        "'all.txt': line 2: '!' would match every"
    )]
    [InlineData("list/x", "{\"file\":\"none.txt\",\"reason\":\"list.proxy\"}", "'none.txt': not found in")]
    [InlineData("list/x", "{\"file\":\"../x\",\"reason\":\"list.proxy\"}", "without '..'")]
    [InlineData(
        "list/x",
        "{\"file\":\"addresses.txt\",\"sha256\":\"00\",\"reason\":\"list.proxy\"}",
        "the setting requires 00"
    )]
    [InlineData(
        "model/paths",
        "{\"file\":\"clicks.artefact\"}",
        "the only keys of this kind are model/clicks and model/cursor"
    )]
    [InlineData("model/cursor", "{\"file\":\"clicks.artefact\"}", "the artefact's kind is 'clicks'; expected 'cursor'")]
    [InlineData("model/clicks", "{\"file\":\"addresses.txt\"}", "'addresses.txt': ")]
    public void A_record_that_does_not_load_says_why(string key, string json, string expected)
    {
        var error = Assert.Throws<SettingException>(() => _examples.Parse(key, json));
        Assert.Contains(expected, error.Message);
        Assert.StartsWith(key + ": ", error.Message);
    }

    [Theory]
    [InlineData("bands/default", "{", DeadLetterReason.Malformed)]
    [InlineData("rule/x", "{\"when\":\"1 +\",\"then\":{}}", DeadLetterReason.Malformed)]
    [InlineData("limits/time", "{\"joinms\":1}", DeadLetterReason.Malformed)]
    [InlineData("rule/x", "{\"then\":{}}", DeadLetterReason.MissingField)]
    [InlineData("rule/x", "{\"when\":\"true\"}", DeadLetterReason.MissingField)]
    [InlineData("bands/default", "[]", DeadLetterReason.WrongType)]
    [InlineData("reason/rate.ip", "{\"shadow\":1}", DeadLetterReason.WrongType)]
    [InlineData("reason/rate.ip", "{\"limit\":\"1\"}", DeadLetterReason.WrongType)]
    [InlineData("limits/time", "{\"join_ms\":2.5}", DeadLetterReason.WrongType)]
    [InlineData("limits/time", "{\"duplicates_max\":999}", DeadLetterReason.OutOfRange)]
    [InlineData("reason/rate.ip", "{\"class\":\"bad\"}", DeadLetterReason.OutOfRange)]
    [InlineData("planet/x", "{}", DeadLetterReason.UnknownType)]
    public void A_record_that_does_not_load_has_one_of_the_contracts_reasons(
        string key,
        string json,
        DeadLetterReason reason
    ) => Assert.Equal(reason, Assert.Throws<SettingException>(() => _examples.Parse(key, json)).Reason);

    [Fact]
    public void A_record_over_256_KiB_is_too_large_and_one_of_256_KiB_is_not()
    {
        string json = """{"visitor":"v","because":"BECAUSE"}""";
        string Of(int bytes) => json.Replace("BECAUSE", new string('x', bytes - json.Length + "BECAUSE".Length));
        _examples.Parse("allow/x", Of(256 * 1024));
        Assert.Equal(
            DeadLetterReason.TooLarge,
            Assert.Throws<SettingException>(() => _examples.Parse("allow/x", Of(256 * 1024 + 1))).Reason
        );
    }

    [Fact]
    public void What_is_left_out_or_null_is_the_default()
    {
        Assert.Equal(
            new TimeLimits(2_000, 300_000, 3_600_000, 1_000_000),
            _examples.Parse("limits/time", """{"join_ms":null}""")
        );
        Assert.Equal(new Bands(0.1, 0.7, 0.9), _examples.Parse("bands/default", """{"review":0.1}"""));
        Assert.Equal(
            (Reason.RateIp, ReasonDefaults.Of(Reason.RateIp)),
            _examples.Parse("reason/rate.ip", """{"shadow":null}""")
        );
    }

    [Fact]
    public void A_record_that_does_not_load_leaves_the_one_before_in_force()
    {
        var book = new SettingsBuilder(new SettingFiles());
        book.Apply("bands/default", """{"review":0.1}""");
        Assert.Throws<SettingException>(() => book.Apply("bands/default", "{"));
        Assert.Equal(0.1, book.Build("s-1", default).Bands.Review);
        book.Apply("bands/default", "");
        Assert.Equal(Bands.Default, book.Build("s-2", default).Bands);
    }

    public void Dispose() => _examples.Dispose();
}
