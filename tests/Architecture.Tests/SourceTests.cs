using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Consume.Labels;
using Engine.Pipeline.Consume.Lanes;
using Engine.Pipeline.Consume.Librdkafka;
using Engine.Pipeline.Consume.Rescore;
using Engine.Pipeline.Windows;
using Engine.Primitives;
using Xunit;

namespace Architecture.Tests;

/// <summary>What the compiler doesn't hold: where memory is touched by hand, and how it is laid out.</summary>
public partial class SourceTests
{
    /// <summary>
    /// All files that may touch memory by hand. A new one is added here by somebody who has thought about it.
    /// </summary>
    private static readonly string[] ByHand =
    [
        "engine/App/Embedded/EmbeddedKafka.cs",
        "engine/Conditions/Evaluation/UnsafeBindings.cs",
        "engine/Pipeline/ClickKeys.cs",
        "engine/Pipeline/ClickPipeline.Arrival.cs",
        "engine/Pipeline/ClickPipeline.cs",
        "engine/Pipeline/Clicks/ClickRow.cs",
        "engine/Pipeline/Clicks/Record.cs",
        "engine/Pipeline/Consume/Fetch/BrokerConnection.cs",
        "engine/Pipeline/Consume/Fetch/Decompressed.cs",
        "engine/Pipeline/Consume/Fetch/FetchedPartition.cs",
        "engine/Pipeline/Consume/Fetch/RecordHeaders.cs",
        "engine/Pipeline/Consume/Fetch/RecordSetReader.cs",
        "engine/Pipeline/Consume/Fetch/WireReader.cs",
        "engine/Pipeline/Consume/Labels/ClickReader.cs",
        "engine/Pipeline/Consume/Lanes/Lane.Assignment.cs",
        "engine/Pipeline/Consume/Lanes/Lane.Fetch.cs",
        "engine/Pipeline/Consume/Lanes/Lane.cs",
        "engine/Pipeline/Consume/Librdkafka/LibrdkafkaNative.cs",
        "engine/Pipeline/Consume/Librdkafka/MessageBatch.cs",
        "engine/Pipeline/Consume/Librdkafka/MessageHeaderReader.cs",
        "engine/Pipeline/Consume/Rescore/LogScorer.cs",
        "engine/Pipeline/Decode/EventArena.cs",
        "engine/Pipeline/Decode/FieldState.cs",
        "engine/Pipeline/Decode/InteractionEvent.cs",
        "engine/Pipeline/Decode/JsonEventDecoder.Lists.cs",
        "engine/Pipeline/Decode/JsonEventDecoder.cs",
        "engine/Pipeline/Decode/JsonScan.cs",
        "engine/Pipeline/Decode/ProtobufEventDecoder.cs",
        "engine/Pipeline/Deliver/LaneSink.cs",
        "engine/Pipeline/Join/IdMemory.cs",
        "engine/Pipeline/PathJudge.cs",
        "engine/Pipeline/Windows/PairCounts.cs",
        "engine/Pipeline/Windows/PairTable.cs",
        "engine/Pipeline/Windows/WindowEntry.cs",
        "engine/Pipeline/Windows/WindowTable.cs",
        "engine/Primitives/HugePages.cs",
        "engine/Primitives/ObjectTable.cs",
        "engine/Primitives/PagePrefaulter.cs",
        "engine/Primitives/TableMemory.cs",
        "models/Scoring/ForestAvx2.cs",
        "models/Training/Clicks/SampleRows.cs",
    ];

    [Fact]
    public void Memory_is_touched_by_hand_only_in_files_listed_here()
    {
        string checkout = Checkout();
        string[] found =
        [
            .. Sources(checkout)
                .Where(file => UnsafeWord().IsMatch(WithoutComments(File.ReadAllText(file))))
                .Select(file => Path.GetRelativePath(checkout, file).Replace('\\', '/'))
                .Order(StringComparer.Ordinal),
        ];
        Assert.Empty(found.Except(ByHand));
        Assert.Empty(ByHand.Except(found));
    }

    [Fact]
    public void An_entry_of_the_windows_is_a_cache_line() => Assert.Equal(64, Unsafe.SizeOf<WindowEntry>());

    private static IEnumerable<string> Sources(string checkout) =>
        new[] { "engine", "ingest", "models" }
            .SelectMany(folder =>
                Directory.GetFiles(Path.Combine(checkout, folder), "*.cs", SearchOption.AllDirectories)
            )
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"));

    private static string WithoutComments(string source) => Comments().Replace(source, "");

    private static string Checkout([CallerFilePath] string here = "")
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder != null && !File.Exists(Path.Combine(folder.FullName, "Engine.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
    }

    [GeneratedRegex(@"\bunsafe\b(?!-)")]
    private static partial Regex UnsafeWord();

    [GeneratedRegex(@"//.*$", RegexOptions.Multiline)]
    private static partial Regex Comments();
}
