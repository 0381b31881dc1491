using System.Text.RegularExpressions;
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
        Partitions = typeof(global::Engine.Partitions.PartitionLease).Assembly,
        Pipeline = typeof(global::Engine.Pipeline.ClickPipeline).Assembly,
        Scoring = typeof(global::Models.Scoring.ArtefactException).Assembly,
        Workflows = typeof(global::Engine.Workflows.Module.IDecider).Assembly,
        App = typeof(global::Engine.App.Cli.EngineCommands).Assembly,
        CommandLine = typeof(global::Engine.CommandLine.ExitCodes).Assembly,
        Client = typeof(global::Engine.Client.EventPublisher).Assembly,
        Generate = typeof(global::Ingest.Generate.SampleTraffic).Assembly,
        Ingest = typeof(global::Ingest.Cli.Commands).Assembly,
        Training = Assembly.Load("models");

    private static readonly ArchUnitNET.Domain.Architecture Loaded = new ArchLoader()
        .LoadAssemblies(
            Contracts,
            Conditions,
            Pipeline,
            Workflows,
            Scoring,
            CommandLine,
            Client,
            Generate,
            Ingest,
            Training,
            App
        )
        .Build();

    private static string[] ReferencesOf(Assembly assembly) =>
        [.. assembly.GetReferencedAssemblies().Select(name => name.Name!)];

    private static string Name(Assembly assembly) => assembly.GetName().Name!;

    private static readonly string[] Ours =
    [
<<<<<<< HEAD
        .. new[] { Contracts, Conditions, Partitions, Pipeline, Workflows, Scoring, App, Ingest }.Select(assembly =>
            assembly.GetName().Name!
        ),
=======
        .. new[] { Contracts, Conditions, Pipeline, Workflows, Scoring, App }.Select(Name),
        .. new[] { CommandLine, Client, Generate, Ingest, Training }.Select(Name),
        .. new[]
        {
            typeof(global::Engine.Primitives.KeyedHash),
            typeof(global::Engine.Partitions.Kafka.KafkaTarget),
        }.Select(type => Name(type.Assembly)),
>>>>>>> client
    ];

    private static IEnumerable<string> OursIn(Assembly assembly) =>
        ReferencesOf(assembly).Intersect(Ours).Order(StringComparer.Ordinal);

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
    public void The_owner_of_a_partition_does_not_know_what_is_decided_of_it() =>
        Assert.Equal([Contracts.GetName().Name!], ReferencesOf(Partitions).Intersect(Ours));

    [Fact]
    public void The_pipeline_knows_neither_the_program_nor_the_producers() =>
        Assert.Empty(ReferencesOf(Pipeline).Intersect([Name(App), Name(Ingest), Name(Workflows)]));

    [Fact]
    public void The_client_knows_the_contracts_alone() => Assert.Equal([Name(Contracts)], OursIn(Client));

    [Fact]
    public void The_client_knows_no_command_line() => Assert.DoesNotContain("System.CommandLine", ReferencesOf(Client));

    [Fact]
    public void What_command_lines_share_knows_nothing_of_ours() => Assert.Empty(OursIn(CommandLine));

    [Fact]
    public void The_engine_knows_neither_the_producers_nor_the_trainer()
    {
        foreach (Assembly assembly in new[] { Contracts, Conditions, Pipeline, Workflows, Scoring, App })
        {
            Assert.Empty(ReferencesOf(assembly).Intersect([Name(Ingest), Name(Generate), Name(Training)]));
        }
    }

    [Fact]
    public void Producers_know_contracts_client_and_command_line_only()
    {
        string[] known = [Name(Contracts), Name(Client), Name(CommandLine)];
        Assert.Empty(OursIn(Generate).Except(known));
        Assert.Empty(OursIn(Ingest).Except([.. known, Name(Generate)]));
    }

    [Fact]
    public void The_trainer_knows_the_pipeline_it_trains_for_and_the_traffic_it_trains_on() =>
        Assert.Equal(
            new[]
            {
                Name(Client),
                Name(Contracts),
                Name(Generate),
                Name(Pipeline),
                Name(Scoring),
                "Engine.Primitives",
            }.Order(StringComparer.Ordinal),
            OursIn(Training)
        );

    [Fact]
<<<<<<< HEAD
    public void Producers_commands_do_not_know_one_another()
    {
        foreach (string command in new[] { "Http", "Replay", "Tail" })
        {
            IArchRule rule = Types()
                .That()
                .ResideInNamespaceMatching($@"^Ingest\.{command}(\.|$)")
                .Should()
                .NotDependOnAny(Types().That().ResideInNamespaceMatching($@"^Ingest\.(?!{command}|Sending)\w+"));
            string[] violations =
            [
                .. rule.Evaluate(Loaded).Where(result => !result.Passed).Select(result => result.Description),
            ];
            Assert.True(violations.Length == 0, string.Join('\n', violations));
        }
    }

    [Theory]
    [InlineData("Engine.Client")]
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

        Assert.True(
            knows.Count == 0,
            string.Join('\n', knows.Select(entry => $"{entry.Key} → {string.Join(", ", entry.Value)}"))
        );
=======
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
>>>>>>> schema
    }

    [Fact]
    public void Only_consuming_and_delivering_know_Kafka_and_Redis()
    {
        var rule = Types()
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
        var rule = Types()
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
        var rule = Types()
            .That()
            .ResideInAssembly(Workflows)
            .And()
            .DoNotResideInNamespaceMatching(@"^Engine\.Workflows\.Runtime$")
            .Should()
            .NotDependOnAny(
                Types(true)
                    .That()
                    .ResideInNamespaceMatching(
                        @"^(Engine\.Pipeline|Engine\.Workflows\.Runtime"
                            + @"|Confluent\.Kafka|StackExchange\.Redis|Microsoft\.AspNetCore)(\.|$)"
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
            string own = Regex.Escape(folder.Split('.')[^1]);
            var rule = Types()
                .That()
                .ResideInNamespaceMatching("^" + Regex.Escape(folder) + "$")
                .Should()
                .NotDependOnAny(
                    Types(true)
                        .That()
                        .ResideInNamespaceMatching(
                            $@"^Engine\.Workflows\.(?!Runtime|{own})\w+$"
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
