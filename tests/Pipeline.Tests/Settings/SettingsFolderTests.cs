using Engine.Configuration;
using Engine.Pipeline.Settings;
using Xunit;

namespace Pipeline.Tests.Settings;

public sealed class SettingsFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("settings-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("{ }", "{}")]
    [InlineData(
        "[1, -2, 0.1, 12345678.9012345678, 1e3, 18446744073709551615]",
        "[1,-2,0.1,12345678.9012345678,1e3,18446744073709551615]"
    )]
    [InlineData("[+1, 007, .5, 5., 0x1F]", "[1,7,0.5,5,31]")]
    [InlineData("[true, False, ~, null, '']", "[true,false,null,null,\"\"]")]
    [InlineData(
        "['1', \"true\", yes, 1.2.3, 10.0.0.0/8, 2026-01-01, -a, .inf]",
        "[\"1\",\"true\",\"yes\",\"1.2.3\",\"10.0.0.0/8\",\"2026-01-01\",\"-a\",\".inf\"]"
    )]
    [InlineData("{ a: { b: [x, { c: 1 }] }, 2: y }", "{\"a\":{\"b\":[\"x\",{\"c\":1}]},\"2\":\"y\"}")]
    [InlineData("[&one { a: 1 }, *one]", "[{\"a\":1},{\"a\":1}]")]
    public void A_value_keeps_its_types_and_its_digits(string yaml, string json)
    {
        File.WriteAllText(Path.Combine(_folder, "a.yaml"), "kind/id: " + yaml);
        Assert.Equal(json, Assert.Single(SettingsFolder.Read(_folder)).Value);
    }

    [Fact]
    public void A_text_of_many_lines_is_one()
    {
        File.WriteAllText(
            Path.Combine(_folder, "a.yaml"),
            "kind/id:\n  text: |\n    one\n    two\n  folded: >-\n    three\n    four\n"
        );
        Assert.Equal(
            "{\"text\":\"one\\ntwo\\n\",\"folded\":\"three four\"}",
            Assert.Single(SettingsFolder.Read(_folder)).Value
        );
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("# nothing yet", 0)]
    [InlineData("~", 0)]
    [InlineData("a/b: 1\nc/d: 2", 2)]
    public void Records_are_counted_by_their_keys(string yaml, int records)
    {
        File.WriteAllText(Path.Combine(_folder, "a.yaml"), yaml);
        Assert.Equal(records, SettingsFolder.Read(_folder).Count);
    }

    [Theory]
    [InlineData("a/b:", "a/b has no value")]
    [InlineData("a/b: 1\na/b: 2", "line 2, column 1: Duplicate key")]
    [InlineData("a/b: [1, 2", "line 2, column 1")]
    [InlineData("- a", "line 1, column 1: expected a map")]
    [InlineData("[1]: a", "line 1, column 1: expected a key that is text")]
    [InlineData("a: 1\n---\nb: 1", "line 3, column 1: expected one document")]
    [InlineData("a: &x [*x]", "line 1")]
    public void What_is_wrong_is_told_with_its_place(string yaml, string told)
    {
        File.WriteAllText(Path.Combine(_folder, "a.yaml"), yaml);
        string message = Assert.Throws<ConfigException>(() => SettingsFolder.Read(_folder)).Message;
        Assert.Contains("a.yaml", message, StringComparison.Ordinal);
        Assert.Contains(told, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_in_two_files_is_refused()
    {
        foreach (string name in (string[])["a.yaml", "b.yaml"])
        {
            File.WriteAllText(Path.Combine(_folder, name), "kind/id: 1");
        }

        Assert.Contains(
            "b.yaml: kind/id is in another file, too",
            Assert.Throws<ConfigException>(() => SettingsFolder.Read(_folder)).Message,
            StringComparison.Ordinal
        );
    }
}
