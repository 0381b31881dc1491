using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Engine.Pipeline.Windows;
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
        "engine/Pipeline/Clicks/ClickKeys.cs",
        "engine/Pipeline/Clicks/ClickRow.cs",
        "engine/Pipeline/Clicks/ClickWindows.cs",
        "engine/Pipeline/Clicks/Record.cs",
        "engine/Pipeline/Consume/Fetch/BrokerConnection.cs",
        "engine/Pipeline/Consume/Fetch/Decompressed.cs",
        "engine/Pipeline/Consume/Fetch/FetchedPartition.cs",
        "engine/Pipeline/Consume/Fetch/RecordHeaders.cs",
        "engine/Pipeline/Consume/Fetch/RecordSetReader.cs",
        "engine/Pipeline/Consume/Fetch/WireReader.cs",
        "engine/Pipeline/Consume/Labels/ClickReader.cs",
        "engine/Pipeline/Consume/Lanes/LaneReader.cs",
        "engine/Pipeline/Consume/Lanes/RecordCollector.cs",
        "engine/Pipeline/Consume/Librdkafka/LibrdkafkaNative.cs",
        "engine/Pipeline/Consume/Librdkafka/MessageBatch.cs",
        "engine/Pipeline/Consume/Librdkafka/MessageHeaderReader.cs",
        "engine/Pipeline/Consume/Logs/MessageScan.cs",
        "engine/Pipeline/Consume/Rescore/ClickAudit.cs",
        "engine/Pipeline/Consume/Rescore/ClickSearch.cs",
        "engine/Pipeline/Consume/Rescore/LogScorer.cs",
        "engine/Pipeline/Decode/EventArena.cs",
        "engine/Pipeline/Decode/FieldState.cs",
        "engine/Pipeline/Decode/InteractionEvent.cs",
        "engine/Pipeline/Decode/JsonDeviceReader.cs",
        "engine/Pipeline/Decode/JsonEventDecoder.cs",
        "engine/Pipeline/Decode/JsonFieldReader.cs",
        "engine/Pipeline/Decode/JsonNumbers.cs",
        "engine/Pipeline/Decode/JsonPathReader.cs",
        "engine/Pipeline/Decode/JsonScan.cs",
        "engine/Pipeline/Decode/JsonStrings.cs",
        "engine/Pipeline/Decode/LearnedNames.cs",
        "engine/Pipeline/Decode/ProtobufEventDecoder.cs",
        "engine/Pipeline/Deliver/LaneSink.cs",
        "engine/Pipeline/Join/DeduplicationWindow.cs",
        "engine/Pipeline/PartitionKeyCheck.cs",
        "engine/Pipeline/PathJudge.cs",
        "engine/Pipeline/PathSeries.cs",
        "engine/Pipeline/RecordChunk.cs",
        "engine/Pipeline/Windows/PairCounts.cs",
        "engine/Pipeline/Windows/PairTable.cs",
        "engine/Pipeline/Windows/SeriesEntry.cs",
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
        string checkout = SourceFiles.Checkout();
        string[] found =
        [
            .. SourceFiles
                .In(checkout, "engine", "ingest", "models")
                .Where(file => UnsafeWord().IsMatch(WithoutComments(File.ReadAllText(file))))
                .Select(file => Path.GetRelativePath(checkout, file).Replace('\\', '/'))
                .Order(StringComparer.Ordinal),
        ];
        Assert.Empty(found.Except(ByHand));
        Assert.Empty(ByHand.Except(found));
    }

    /// <summary>Lines that hold a part of a raw string literal are exempt: data can't be wrapped.</summary>
    [Fact]
    public void No_line_is_longer_than_editorconfig_says()
    {
        string checkout = SourceFiles.Checkout();
        int limit = int.Parse(
            LineLimit().Match(File.ReadAllText(Path.Combine(checkout, ".editorconfig"))).Groups[1].Value,
            CultureInfo.InvariantCulture
        );
        string[] tooLong =
        [
            .. SourceFiles
                .In(checkout, "engine", "ingest", "models", "bench", "tests")
                .SelectMany(file =>
                    LongLines(File.ReadAllText(file), limit)
                        .Select(line => $"{Path.GetRelativePath(checkout, file)}:{line}")
                ),
        ];
        Assert.True(tooLong.Length == 0, $"longer than {limit}: {string.Join(", ", tooLong)}");
    }

    [Theory]
    [InlineData("a = \"12345678\";", new[] { 1 })]
    [InlineData("ab\n// \"\"\" 345678\nab", new[] { 2 })]
    [InlineData("a = \"\"\"\n  34567890123\n  \"\"\";\n34567890123", new[] { 4 })]
    [InlineData("a = '\"'; 9012\nb = \"\"\"5678901\"\"\";", new[] { 1 })]
    [InlineData("a = @\"\"\"\"; 01\na = $\"\"\"x{y}9012\"\"\";", new[] { 1 })]
    public void Lines_of_raw_literals_are_told_from_others(string source, int[] tooLong) =>
        Assert.Equal(tooLong, LongLines(source, 10));

    [Fact]
    public void An_entry_of_the_windows_is_a_cache_line() => Assert.Equal(64, Unsafe.SizeOf<WindowEntry>());

    /// <summary>Numbers of lines that are too long and hold no part of a raw literal.</summary>
    private static IEnumerable<int> LongLines(string source, int limit)
    {
        var exempt = new HashSet<int>();
        foreach (Match literal in Literals().Matches(source).Where(match => match.Groups["raw"].Success))
        {
            int first = source.AsSpan(0, literal.Index).Count('\n');
            exempt.UnionWith(Enumerable.Range(first, literal.ValueSpan.Count('\n') + 1));
        }

        return source
            .Split('\n')
            .Index()
            .Where(line => line.Item.Length > limit && !exempt.Contains(line.Index))
            .Select(line => line.Index + 1);
    }

    private static string WithoutComments(string source) => Comments().Replace(source, "");

    [GeneratedRegex(@"\bunsafe\b(?!-)")]
    private static partial Regex UnsafeWord();

    [GeneratedRegex(@"^max_line_length = (\d+)$", RegexOptions.Multiline)]
    private static partial Regex LineLimit();

    /// <summary>Raw literals, and all in which three quotes aren't the beginning of one.</summary>
    [GeneratedRegex(
        """
            (?<raw>(?<quotes>"{3,})(?!")[\s\S]*?(?<!")\k<quotes>(?!"))
            |//[^\n]*
            |/\*[\s\S]*?\*/
            |(?:@\$?|\$@)"(?:[^"]|"")*"
            |"(?:\\.|[^"\\\n])*"
            |'(?:\\.|[^'\\\n])*'
            """,
        RegexOptions.IgnorePatternWhitespace
    )]
    private static partial Regex Literals();

    [GeneratedRegex(@"//.*$", RegexOptions.Multiline)]
    private static partial Regex Comments();
}
