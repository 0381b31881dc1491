using System.Reflection;
using System.Text.RegularExpressions;
using Xunit;

namespace Architecture.Tests;

/// <summary>Names say what a thing is.</summary>
public partial class NamingTests
{
    private static readonly Type[] Types =
    [
        .. new[]
        {
            typeof(global::Engine.Contracts.Topics).Assembly,
            typeof(global::Engine.Text.Folding.FoldedText).Assembly,
            typeof(global::Engine.Conditions.Condition).Assembly,
            typeof(global::Engine.Pipeline.ClickPipeline).Assembly,
            typeof(global::Engine.Web.OpenApiDocument).Assembly,
            typeof(global::Engine.Notices.NoticeCourier).Assembly,
            typeof(global::Engine.Workflows.Module.IDecider).Assembly,
            typeof(global::Engine.App.Cli.EngineCommands).Assembly,
            typeof(global::Engine.CommandLine.ExitCodes).Assembly,
            typeof(global::Engine.Client.EventPublisher).Assembly,
            typeof(global::Ingest.Generate.SampleTraffic).Assembly,
            typeof(global::Ingest.Confirmation.ConfirmationServer).Assembly,
            typeof(global::Ingest.Cli.Commands).Assembly,
            typeof(global::Models.Scoring.ArtefactException).Assembly,
            typeof(global::Models.Training.Data.PathRecord).Assembly,
        }
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type =>
                !type.FullName!.Contains('<')
                && type.Namespace?.StartsWith("System", StringComparison.Ordinal) != true
                && type.Namespace?.StartsWith("Microsoft", StringComparison.Ordinal) != true
            ),
    ];

    [Fact]
    public void No_type_or_namespace_is_called_by_a_word_that_says_nothing()
    {
        string[] names =
        [
            .. Types.Select(type => type.FullName!).Concat(Types.Select(type => type.Namespace ?? "")).Distinct(),
        ];
        string[] empty =
        [
            .. names.Where(name => name.Split('.', '+').Any(part => SaysNothing().IsMatch(part.Split('`')[0]))),
        ];
        Assert.True(empty.Length == 0, string.Join(", ", empty));
    }

    /// <summary>An address that requests come to is an endpoint.</summary>
    [Fact]
    public void No_class_of_endpoints_is_called_ends() =>
        Assert.Empty(
            Types.Where(type => type.Name.EndsWith("Ends", StringComparison.Ordinal)).Select(type => type.Name)
        );

    /// <summary>A bound is a minimum or a maximum: Min or Max.</summary>
    [Fact]
    public void No_name_begins_with_least_or_most() =>
        Assert.DoesNotContain(Names(), name => LeastOrMost().IsMatch(name.Split('.')[^1]));

    /// <summary>What is fetched ahead is prefetched; everything else has a verb of its own.</summary>
    [Fact]
    public void No_method_asks() =>
        Assert.DoesNotContain(Names(), name => name.Split('.')[^1] is "Ask" or "AskOn" or "AskBehind");

    /// <summary>Types, and members as they were written: <c>Type</c> or <c>Type.Member</c>.</summary>
    private static IEnumerable<string> Names()
    {
        const BindingFlags Declared =
            BindingFlags.DeclaredOnly
            | BindingFlags.Instance
            | BindingFlags.Static
            | BindingFlags.Public
            | BindingFlags.NonPublic;
        return Types
            .SelectMany(type =>
                type.GetMembers(Declared)
                    .Where(member => !member.Name.Contains('<') && member.Name[0] != '.')
                    .Select(member => $"{type.Name}.{member.Name.Split('.')[^1]}")
                    .Prepend(type.Name)
            )
            .Distinct();
    }

    [GeneratedRegex("^(Least|Most)([A-Z]|$)")]
    private static partial Regex LeastOrMost();

    [GeneratedRegex("(Helpers?|Managers?|Util|Utils|Utility|Utilities|Common|Base|Impl|Misc)$")]
    private static partial Regex SaysNothing();
}
