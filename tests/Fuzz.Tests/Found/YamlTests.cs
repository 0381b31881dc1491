using System.Text;
using Engine.Pipeline.Settings;
using Xunit;
using YamlDotNet.Core;

namespace Fuzz.Tests.Found;

/// <summary>What fuzzing has found in YAML.</summary>
public sealed class YamlTests
{
    [Fact]
    public void YAML_at_which_the_parser_itself_fails_is_refused() =>
        Assert.Throws<YamlException>(() => YamlJson.Map("a: { f6` b\nc: { d: e }\n").Count());

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    [InlineData("? ")]
    public void YAML_that_nests_deep_does_not_exhaust_the_stack(string opening) =>
        Assert.Throws<YamlException>(() =>
            YamlJson.Map("a: b\nc:\n  " + string.Concat(Enumerable.Repeat(opening, 50_000))).Count()
        );

    [Fact]
    public void YAML_that_grows_by_aliases_is_refused()
    {
        var yaml = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 12; i++)
        {
            string alias = $"*a{i - 1}";
            yaml.Append($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat(alias, 10))}]\n");
        }

        Assert.Throws<YamlException>(() => YamlJson.Map(yaml.ToString()).Count());
    }
}
