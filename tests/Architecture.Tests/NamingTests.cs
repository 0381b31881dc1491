using System.Reflection;
using System.Text.RegularExpressions;
using Xunit;

namespace Architecture.Tests;

/// <summary>Names say what a thing is.</summary>
public partial class NamingTests
{
    /// <summary>Where the word is the contract's own: a group's base of settings.</summary>
    private static readonly string[] ContractsWords =
    [
        "Engine.Pipeline.Settings.SettingsBase",
        "Engine.App.Hosting.GroupBase",
    ];

    [Fact]
    public void No_type_or_namespace_is_called_by_a_word_that_says_nothing()
    {
        Assembly[] assemblies =
        [
            typeof(global::Engine.Contracts.Topics).Assembly,
            typeof(global::Engine.Conditions.Condition).Assembly,
            typeof(global::Engine.Pipeline.ClickPipeline).Assembly,
            typeof(global::Models.Scoring.ArtefactException).Assembly,
            typeof(global::Engine.App.Cli.EngineCommands).Assembly,
            typeof(global::Engine.CommandLine.ExitCodes).Assembly,
            typeof(global::Engine.Client.EventPublisher).Assembly,
            typeof(global::Ingest.Generate.SampleTraffic).Assembly,
            typeof(global::Ingest.Cli.Commands).Assembly,
        ];
        Type[] types =
        [
            .. assemblies
                .SelectMany(assembly => assembly.GetTypes())
                .Where(type =>
                    !type.Name.Contains('<')
                    && type.Namespace?.StartsWith("System", StringComparison.Ordinal) != true
                    && type.Namespace?.StartsWith("Microsoft", StringComparison.Ordinal) != true
                ),
        ];
        string[] names =
        [
            .. types
                .Select(type => type.FullName!)
                .Concat(types.Select(type => type.Namespace ?? ""))
                .Distinct()
                .Except(ContractsWords),
        ];
        string[] empty =
        [
            .. names
                .Where(name => name.Split('.', '+').Any(part => SaysNothing().IsMatch(part.Split('`')[0])))
                .Where(name => !ContractsWords.Any(word => name.StartsWith(word + "+", StringComparison.Ordinal))),
        ];
        Assert.True(empty.Length == 0, string.Join(", ", empty));
    }

    [GeneratedRegex("(Helpers?|Managers?|Util|Utils|Utility|Utilities|Common|Base|Impl|Misc)$")]
    private static partial Regex SaysNothing();
}
