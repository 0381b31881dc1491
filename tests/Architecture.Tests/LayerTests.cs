using System.Text.RegularExpressions;
using ArchUnitNET.Domain;
using ArchUnitNET.Fluent.Syntax.Elements.Types;
using ArchUnitNET.Loader;
using Xunit;
using static ArchUnitNET.Fluent.ArchRuleDefinition;
using Assembly = System.Reflection.Assembly;

namespace Architecture.Tests;

/// <summary>Who may know whom: ARCHITECTURE.md's layers, held against the compiled assemblies.</summary>
public class LayerTests
{
    private static readonly Assembly Contracts = typeof(global::Engine.Contracts.Topics).Assembly,
        Primitives = typeof(global::Engine.Primitives.KeyedHash).Assembly,
        Text = typeof(global::Engine.Text.Folding.FoldedText).Assembly,
        Conditions = typeof(global::Engine.Conditions.Condition).Assembly,
        Partitions = typeof(global::Engine.Partitions.PartitionLease).Assembly,
        Pipeline = typeof(global::Engine.Pipeline.ClickPipeline).Assembly,
        Scoring = typeof(global::Models.Scoring.ArtefactException).Assembly,
        Web = typeof(global::Engine.Web.OpenApiDocument).Assembly,
        Notices = typeof(global::Engine.Notices.NoticeCourier).Assembly,
        WebConsole = typeof(global::Engine.WebConsole.ConsoleMap).Assembly,
        Workflows = typeof(global::Engine.Workflows.WorkflowModules).Assembly,
        App = typeof(global::Engine.App.Cli.EngineCommands).Assembly,
        Configuration = typeof(global::Engine.Configuration.ConfigException).Assembly,
        CommandLine = typeof(global::Engine.CommandLine.ExitCodes).Assembly,
        Client = typeof(global::Engine.Client.EventPublisher).Assembly,
        Generate = typeof(global::Ingest.Generate.SampleTraffic).Assembly,
        Confirmation = typeof(global::Ingest.Confirmation.ConfirmationServer).Assembly,
        Ingest = typeof(global::Ingest.Cli.Commands).Assembly,
        Training = Assembly.Load("models");

    private static readonly Assembly[] All =
    [
        Contracts,
        Primitives,
        Text,
        Conditions,
        Partitions,
        Pipeline,
        Scoring,
        Web,
        Notices,
        WebConsole,
        Workflows,
        App,
        Configuration,
        CommandLine,
        Client,
        Generate,
        Confirmation,
        Ingest,
        Training,
    ];

    private static readonly ArchUnitNET.Domain.Architecture Loaded = new ArchLoader().LoadAssemblies(All).Build();

    /// <summary>What each assembly may know of ours; one that isn't named here may know nothing.</summary>
    public static TheoryData<string, string[]> Layers =>
        new()
        {
            { "Engine.Contracts", [] },
            { "Engine.Primitives", [] },
            { "Engine.Text", [] },
            { "Engine.Conditions", ["Engine.Text"] },
            { "Models.Scoring", [] },
            { "Engine.Configuration", [] },
            { "Engine.CommandLine", [] },
            { "Engine.Client", ["Engine.Contracts"] },
            { "Engine.Partitions", ["Engine.Contracts", "Engine.Primitives", "Engine.Configuration"] },
            { "Engine.Web", ["Engine.Contracts", "Engine.Partitions"] },
            { "Engine.Notices", ["Engine.Contracts", "Engine.Configuration", "Engine.Partitions", "Engine.Client"] },
            {
                "Engine.Pipeline",
                [
                    "Engine.Contracts",
                    "Engine.Primitives",
                    "Engine.Configuration",
                    "Engine.Conditions",
                    "Engine.Partitions",
                    "Models.Scoring",
                ]
            },
            {
                "Engine.Workflows",
                [
                    "Engine.Contracts",
                    "Engine.Primitives",
                    "Engine.Text",
                    "Engine.Conditions",
                    "Engine.Partitions",
                    "Engine.Pipeline",
                    "Engine.Web",
                ]
            },
            {
                "Engine.WebConsole",
                [
                    "Engine.Client",
                    "Engine.Conditions",
                    "Engine.Contracts",
                    "Engine.Partitions",
                    "Engine.Pipeline",
                    "Engine.Web",
                    "Engine.Workflows",
                ]
            },
            { "Ingest.Generate", ["Engine.Contracts", "Engine.Client", "Engine.CommandLine", "Engine.Workflows"] },
            { "Ingest.Confirmation", ["Engine.Contracts", "Engine.Web"] },
            {
                "ingest",
                [
                    "Engine.Contracts",
                    "Engine.Client",
                    "Engine.Configuration",
                    "Engine.CommandLine",
                    "Engine.Partitions",
                    "Engine.Web",
                    "Engine.Workflows",
                    "Ingest.Confirmation",
                    "Ingest.Generate",
                ]
            },
        };

    [Theory]
    [MemberData(nameof(Layers))]
    public void An_assembly_knows_what_its_layer_may(string name, string[] known)
    {
        Assembly assembly = All.Single(one => NameOf(one) == name);
        Assert.Empty(OursIn(assembly).Except(known));
    }

    [Fact]
    public void The_engine_knows_neither_the_producers_nor_the_trainer()
    {
        foreach (Assembly assembly in new[] { Contracts, Text, Conditions, Pipeline, Workflows, Scoring, App })
        {
            Assert.Empty(OursIn(assembly).Intersect([NameOf(Ingest), NameOf(Generate), NameOf(Training)]));
        }
    }

    [Fact]
    public void The_client_knows_no_command_line() => Assert.DoesNotContain("System.CommandLine", ReferencesOf(Client));

    [Fact]
    public void Only_consuming_and_delivering_know_Kafka_and_Redis()
    {
        Holds(
            Types()
                .That()
                .ResideInAssembly(Pipeline)
                .And()
                .DoNotResideInNamespaceMatching(@"^Engine\.Pipeline\.(Consume|Deliver)(\.|$)")
                .Should()
                .NotDependOnAny(
                    Types(true).That().ResideInNamespaceMatching(@"^(Confluent\.Kafka|StackExchange\.Redis)(\.|$)")
                )
        );
        // The rule sees what it looks for.
        Assert.NotEmpty(
            Types()
                .That()
                .ResideInNamespaceMatching(@"^Engine\.Pipeline\.(Consume|Deliver)(\.|$)")
                .And()
                .DependOnAny(Types(true).That().ResideInNamespaceMatching(@"^Confluent\.Kafka"))
                .GetObjects(Loaded)
        );
    }

    [Fact]
    public void What_decides_does_not_know_how_it_is_consumed_or_delivered() =>
        Holds(
            Types()
                .That()
                .ResideInAssembly(Pipeline)
                .And()
                .DoNotResideInNamespaceMatching(@"^Engine\.Pipeline\.(Consume|Deliver)(\.|$)")
                .Should()
                .NotDependOnAny(Types().That().ResideInNamespaceMatching(@"^Engine\.Pipeline\.(Consume|Deliver)(\.|$)"))
        );

    [Fact]
    public void Decisions_know_neither_pipeline_nor_Kafka_Redis_HTTP_or_a_clock()
    {
        const string Pure = @"^Engine\.Workflows\.\w+\.(Decision|Events|Settings|Codes)(\.|$)";
        Holds(
            Types()
                .That()
                .ResideInNamespaceMatching(Pure)
                .Should()
                .NotDependOnAny(
                    Types(true)
                        .That()
                        .ResideInNamespaceMatching(
                            @"^(Engine\.Pipeline|Engine\.Partitions|Engine\.Web|Engine\.Workflows\.Runtime"
                                + @"|Confluent\.Kafka|StackExchange\.Redis|Microsoft\.AspNetCore)(\.|$)"
                        )
                )
        );
        Holds(
            Types()
                .That()
                .ResideInNamespaceMatching(Pure)
                .Should()
                .NotDependOnAny(Types(true).That().HaveFullName("System.TimeProvider"))
        );
        Assert.NotEmpty(Types().That().ResideInNamespaceMatching(Pure).GetObjects(Loaded));
    }

    [Fact]
    public void A_module_does_not_know_another_and_the_runtime_knows_none()
    {
        string[] modules =
        [
            .. Workflows
                .GetTypes()
                .Select(type => Regex.Match(type.Namespace ?? "", @"^Engine\.Workflows\.(\w+)").Groups[1].Value)
                .Where(name => name.Length > 0 && name != "Module")
                .Distinct(),
        ];
        Assert.Contains("Bindings", modules);
        foreach (string module in modules)
        {
            Holds(
                Types()
                    .That()
                    .ResideInNamespaceMatching($@"^Engine\.Workflows\.{module}(\.|$)")
                    .Should()
                    .NotDependOnAny(
                        Types().That().ResideInNamespaceMatching($@"^Engine\.Workflows\.(?!(Module|{module})(\.|$))\w+")
                    )
            );
        }
    }

    [Theory]
    [InlineData("Engine.App")]
    [InlineData("Engine.Client")]
    [InlineData("Engine.Configuration")]
    [InlineData("Engine.Contracts")]
    [InlineData("Engine.Partitions")]
    [InlineData("Engine.Pipeline")]
    [InlineData("Engine.Text")]
    [InlineData("Engine.Web")]
    [InlineData("Engine.Workflows")]
    [InlineData("Ingest")]
    [InlineData("Models.Training")]
    public void Namespaces_have_an_order(string root)
    {
        bool Inside(string name) => name == root || name.StartsWith(root + ".", StringComparison.Ordinal);
        Dictionary<string, HashSet<string>> knows = Loaded
            .Types.Where(type => type.Namespace is not null && Inside(type.Namespace.FullName))
            .GroupBy(type => type.Namespace.FullName)
            .ToDictionary(
                types => types.Key,
                types =>
                    types
                        .SelectMany(type => type.Dependencies)
                        .Where(dependency => !IsTypeParameter(dependency.Target))
                        .Select(dependency => dependency.Target.Namespace?.FullName ?? "")
                        .Where(name => name != types.Key && Inside(name))
                        .ToHashSet()
            );
        Assert.NotEmpty(knows.Values.SelectMany(names => names));
        // Who knows nobody that is left goes; a cycle stays, with those who know it.
        while (knows.FirstOrDefault(entry => !entry.Value.Overlaps(knows.Keys)).Key is { } free)
        {
            knows.Remove(free);
        }

        string[] arrows =
        [
            .. Loaded
                .Types.Where(type => knows.ContainsKey(type.Namespace?.FullName ?? ""))
                .SelectMany(type =>
                    type.Dependencies.Where(dependency =>
                            !IsTypeParameter(dependency.Target)
                            && dependency.Target.Namespace?.FullName != type.Namespace.FullName
                            && knows.ContainsKey(dependency.Target.Namespace?.FullName ?? "")
                        )
                        .Select(dependency => $"{type.FullName} → {dependency.Target.FullName}")
                )
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
        Assert.True(knows.Count == 0, string.Join('\n', arrows));
    }

    /// <summary>
    /// Whether this is a method's type parameter, which the loader counts to whichever class declares the name first.
    /// </summary>
    private static bool IsTypeParameter(IType type) => type.FullName.Contains("::", StringComparison.Ordinal);

    private static void Holds(TypesShouldConjunction rule)
    {
        string[] violations =
        [
            .. rule.Evaluate(Loaded).Where(result => !result.Passed).Select(result => result.Description),
        ];
        Assert.True(violations.Length == 0, string.Join('\n', violations));
    }

    private static string NameOf(Assembly assembly) => assembly.GetName().Name!;

    private static string[] ReferencesOf(Assembly assembly) =>
        [.. assembly.GetReferencedAssemblies().Select(name => name.Name!)];

    private static IEnumerable<string> OursIn(Assembly assembly) =>
        ReferencesOf(assembly).Intersect(All.Select(NameOf));
}
