using System.Reflection;
using ArchUnitNET.Domain;
using ArchUnitNET.Fluent;
using ArchUnitNET.Loader;
using Xunit;
using static ArchUnitNET.Fluent.ArchRuleDefinition;
using Assembly = System.Reflection.Assembly;

namespace Architecture.Tests;

/// <summary>Who may know whom: ARCHITECTURE.md's layers, held against the compiled assemblies.</summary>
public class LayerTests
{
    private static readonly Assembly Contracts = typeof(global::Engine.Contracts.Topics).Assembly,
        Conditions = typeof(global::Engine.Conditions.Condition).Assembly,
        Pipeline = typeof(global::Engine.Pipeline.ClickPipeline).Assembly,
        Scoring = typeof(global::Models.Scoring.ArtefactException).Assembly,
        Workflows = typeof(global::Engine.Workflows.IDecider).Assembly,
        App = typeof(global::Engine.App.Cli.EngineCommands).Assembly,
        Ingest = typeof(global::Ingest.Cli.Commands).Assembly;

    private static readonly ArchUnitNET.Domain.Architecture Loaded = new ArchLoader()
        .LoadAssemblies(Contracts, Conditions, Pipeline, Workflows, Scoring, Ingest, App)
        .Build();

    private static string[] ReferencesOf(Assembly assembly) =>
        [.. assembly.GetReferencedAssemblies().Select(name => name.Name!)];

    private static readonly string[] Ours =
    [
        .. new[] { Contracts, Conditions, Pipeline, Workflows, Scoring, App, Ingest }.Select(assembly =>
            assembly.GetName().Name!
        ),
    ];

    [Fact]
    public void Contracts_know_nobody() =>
        Assert.All(ReferencesOf(Contracts), name => Assert.True(IsSystem(name) || name == "Google.Protobuf", name));

    [Fact]
    public void Conditions_and_scoring_know_nothing_of_ours()
    {
        foreach (Assembly assembly in new[] { Conditions, Scoring })
        {
            Assert.Empty(ReferencesOf(assembly).Intersect(Ours));
        }
    }

    [Fact]
    public void The_pipeline_knows_neither_the_program_nor_the_producers() =>
        Assert.Empty(
            ReferencesOf(Pipeline).Intersect([App.GetName().Name!, Ingest.GetName().Name!, Workflows.GetName().Name!])
        );

    [Fact]
    public void Producers_know_the_contracts_and_the_workflows_events()
    {
        Assert.Equal(
            [Contracts.GetName().Name!, Workflows.GetName().Name!],
            ReferencesOf(Ingest).Intersect(Ours).Order(StringComparer.Ordinal)
        );
        IArchRule rule = Types()
            .That()
            .ResideInNamespaceMatching(@"^Ingest\.Publishing$")
            .Should()
            .NotDependOnAny(Types(true).That().ResideInNamespaceMatching(@"^Engine\.(?!Contracts(\.|$))"));
        string[] violations =
        [
            .. rule.Evaluate(Loaded).Where(result => !result.Passed).Select(result => result.Description),
        ];
        Assert.True(violations.Length == 0, string.Join('\n', violations));
    }

    [Fact]
    public void Only_consuming_and_delivering_know_Kafka_and_Redis()
    {
        IArchRule rule = Types()
            .That()
            .ResideInAssembly(Pipeline)
            .And()
            .DoNotResideInNamespaceMatching(@"^Engine\.Pipeline\.(Consume|Deliver)(\.|$)")
            .Should()
            .NotDependOnAny(
                Types(true).That().ResideInNamespaceMatching(@"^(Confluent\.Kafka|StackExchange\.Redis)(\.|$)")
            );
        string[] violations =
        [
            .. rule.Evaluate(Loaded).Where(result => !result.Passed).Select(result => result.Description),
        ];
        Assert.True(violations.Length == 0, string.Join('\n', violations));
        // The rule sees what it looks for.
        Assert.NotEmpty(
            Types()
                .That()
                .ResideInNamespaceMatching(@"^Engine\.Pipeline\.(Consume|Deliver)$")
                .And()
                .DependOnAny(Types(true).That().ResideInNamespaceMatching(@"^Confluent\.Kafka"))
                .GetObjects(Loaded)
        );
    }

    [Fact]
    public void What_decides_does_not_know_how_it_is_consumed_or_delivered()
    {
        IArchRule rule = Types()
            .That()
            .ResideInAssembly(Pipeline)
            .And()
            .DoNotResideInNamespaceMatching(@"^Engine\.Pipeline\.(Consume|Deliver)(\.|$)")
            .Should()
            .NotDependOnAny(Types().That().ResideInNamespaceMatching(@"^Engine\.Pipeline\.(Consume|Deliver)(\.|$)"));
        string[] violations =
        [
            .. rule.Evaluate(Loaded).Where(result => !result.Passed).Select(result => result.Description),
        ];
        Assert.True(violations.Length == 0, string.Join('\n', violations));
    }

    [Fact]
    public void Deciders_know_contracts_and_conditions_only()
    {
        IArchRule rule = Types()
            .That()
            .ResideInAssembly(Workflows)
            .And()
            .DoNotResideInNamespaceMatching(@"^Engine\.Workflows\.Runtime$")
            .Should()
            .NotDependOnAny(
                Types(true)
                    .That()
                    .ResideInNamespaceMatching(
                        @"^(Engine\.Pipeline|Engine\.Workflows\.Runtime|Confluent\.Kafka|StackExchange\.Redis|Microsoft\.AspNetCore)(\.|$)"
                    )
            );
        string[] violations =
        [
            .. rule.Evaluate(Loaded).Where(result => !result.Passed).Select(result => result.Description),
        ];
        Assert.True(violations.Length == 0, string.Join('\n', violations));
        // The rule sees what it looks for.
        Assert.NotEmpty(
            Types()
                .That()
                .ResideInNamespaceMatching(@"^Engine\.Workflows\.Runtime$")
                .And()
                .DependOnAny(Types(true).That().ResideInNamespaceMatching(@"^Confluent\.Kafka"))
                .GetObjects(Loaded)
        );
    }

    [Fact]
    public void A_decider_does_not_know_another()
    {
        string[] folders =
        [
            .. Workflows
                .GetTypes()
                .Select(type => type.Namespace ?? "")
                .Where(name =>
                    name.StartsWith("Engine.Workflows.", StringComparison.Ordinal) && name != "Engine.Workflows.Runtime"
                )
                .Distinct(),
        ];
        foreach (string folder in folders)
        {
            IArchRule rule = Types()
                .That()
                .ResideInNamespaceMatching("^" + System.Text.RegularExpressions.Regex.Escape(folder) + "$")
                .Should()
                .NotDependOnAny(
                    Types(true)
                        .That()
                        .ResideInNamespaceMatching(
                            $@"^Engine\.Workflows\.(?!Runtime|{System.Text.RegularExpressions.Regex.Escape(folder.Split('.')[^1])})\w+$"
                        )
                );
            string[] violations =
            [
                .. rule.Evaluate(Loaded).Where(result => !result.Passed).Select(result => result.Description),
            ];
            Assert.True(violations.Length == 0, string.Join('\n', violations));
        }
    }

    private static bool IsSystem(string name) =>
        name.StartsWith("System.", StringComparison.Ordinal) || name is "System" or "netstandard" or "mscorlib";
}
