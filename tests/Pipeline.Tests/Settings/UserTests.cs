using System.Text.Json.Nodes;
using Engine.Contracts;
using Engine.Contracts.Access;
using Engine.Contracts.Settings;
using Engine.Pipeline.Settings;
using Xunit;

namespace Pipeline.Tests.Settings;

/// <summary>The records <c>user/…</c>.</summary>
public sealed class UserTests
{
    private const string Hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    private static UserSetting Parse(string json) =>
        (UserSetting)
            ((WorkflowSetting)SettingParser.Parse("user/ada", json, new SettingFiles(), [new UserKind()])).Value;

    [Fact]
    public void The_examples_of_the_schema_load()
    {
        foreach (JsonNode? example in SettingExamples.Schema("user")["examples"]!.AsArray())
        {
            Assert.Equal("ada", Parse(example!.ToJsonString()).Name);
        }

        Assert.Equal(
            SettingExamples.Schema("user")["properties"]!["role"]!["enum"]!.AsArray().Select(word => word!.ToString()),
            UserKind.Roles.Select(role => role.Word())
        );
    }

    [Fact]
    public void A_user_has_a_role_or_a_sponsor()
    {
        Account admin = Assert.Single(Parse($$"""{"token":"{{Hash}}","role":"admin"}""").Accounts),
            sponsor = Assert.Single(Parse($$"""{"token":"{{Hash.ToUpperInvariant()}}","sponsor":"sp-1"}""").Accounts);
        Assert.Equal(("user ada", Role.Admin, null), (admin.Name, admin.Role, admin.Sponsor));
        Assert.Equal((Role.Sponsor, "sp-1"), (sponsor.Role, sponsor.Sponsor));
        Assert.Equal(Hash, Convert.ToHexStringLower(sponsor.TokenHash));
    }

    [Theory]
    [InlineData("""{"role":"admin"}""", DeadLetterReason.MissingField, "'token' is missing")]
    [InlineData("""{"token":"secret","role":"admin"}""", DeadLetterReason.OutOfRange, "SHA-256")]
    [InlineData("""{"token":"HASH"}""", DeadLetterReason.MissingField, "exactly one")]
    [InlineData("""{"token":"HASH","role":"admin","sponsor":"sp-1"}""", DeadLetterReason.MissingField, "exactly one")]
    [InlineData("""{"token":"HASH","role":"root"}""", DeadLetterReason.OutOfRange, "viewer or analyst or admin")]
    [InlineData("""{"token":"HASH","role":"sponsor"}""", DeadLetterReason.OutOfRange, "viewer or analyst or admin")]
    [InlineData("""{"token":"HASH","role":"Admin"}""", DeadLetterReason.OutOfRange, "viewer or analyst or admin")]
    [InlineData("""{"token":"HASH","sponsor":"a/b"}""", DeadLetterReason.OutOfRange, "'sponsor' is 'a/b'")]
    [InlineData("""{"token":"HASH","role":"admin","since":1}""", DeadLetterReason.Malformed, "'since'")]
    public void What_is_wrong_is_told_without_the_token(string json, DeadLetterReason reason, string what)
    {
        SettingException problem = Assert.Throws<SettingException>(() => Parse(json.Replace("HASH", Hash)));
        Assert.Equal(reason, problem.Reason);
        Assert.Contains(what, problem.Message);
        Assert.DoesNotContain("secret", problem.Message);
    }

    /// <summary>A server that was closed stays so: of a user who has gone, compaction may leave only the record that
    /// deletes.</summary>
    [Fact]
    public void That_there_was_a_user_is_not_forgotten()
    {
        var builder = new SettingsBuilder(new SettingFiles(), [new UserKind()]);
        builder.Apply("rule/r", null);
        Assert.Empty(builder.Build("s-0", default).KindsEver);
        Assert.Throws<SettingException>(() => builder.Apply("user/ada", "{}"));
        Assert.Empty(builder.Build("s-0", default).KindsEver);
        builder.Apply("user/ada", null);
        Assert.Equal(["user"], builder.Build("s-1", default).KindsEver);

        var snapshot = SettingsSnapshot.FromJson(new SettingsSnapshot { Kinds = builder.Kinds }.ToJson());
        SettingsBuilder later = SettingsBuilder.Of(snapshot, new SettingFiles(), [new UserKind()]);
        Assert.Equal(["user"], later.Build("s-base", default).KindsEver);
        var earlier = SettingsSnapshot.FromJson("""{"records":{}}""");
        Assert.Empty(SettingsBuilder.Of(earlier, new SettingFiles(), [new UserKind()]).Kinds);
    }
}
