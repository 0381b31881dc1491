using System.Formats.Tar;
using System.IO.Compression;
using Fuzz.Tests.Inputs;
using Fuzz.Tests.Running;
using Fuzz.Tests.Targets;
using Tests.Support;
using Xunit;

namespace Fuzz.Tests;

/// <summary>Documents that others made to break parsers of JSON (JSONTestSuite).</summary>
public sealed class CorpusTests
{
    private const string Suite = "clicks/bad/JSONTestSuite.tar.gz";

    /// <summary>Targets that read JSON, with what precedes it in their inputs.</summary>
    private static readonly (Func<FuzzTarget> Make, byte[] Before)[] Readers =
    [
        (() => new JsonEvents(), []),
        (() => new CloudEventHeaders(), [0]),
        (() => new WorkflowReading(isProtobuf: false), []),
        (() => new LabelEvents(), []),
        (() => new HttpFraming(), []),
        (() => new SettingRecords(), "allow/x\n"u8.ToArray()),
        (() => new MarkRecords(), []),
        (() => new StandingRecords(), "publisher/p/interactions-0\n"u8.ToArray()),
    ];

    [Fact]
    public void What_is_not_JSON_is_refused_by_every_reader()
    {
        string? path = SharedData.Find(Suite);
        Assert.SkipWhen(path == null, $"the shared data's {Suite} is not there");
        int refused = 0;
        foreach ((Func<FuzzTarget> make, byte[] before) in Readers)
        {
            using FuzzTarget target = make();
            foreach ((string name, byte[] text) in Documents(path!).Where(document => document.Name.StartsWith("n_")))
            {
                byte[] input = [.. before, .. text];
                Assert.True(input.Length <= InputBuffer.MaxBytes, $"{name} has {input.Length} bytes");
                Assert.False(target.Accepts(input), $"{target.Name} accepts {name}");
                refused++;
            }
        }

        Assert.Equal(188 * Readers.Length, refused);
    }

    [Fact]
    public void Within_a_valid_event_readers_agree_about_any_document()
    {
        string? path = SharedData.Find(Suite);
        Assert.SkipWhen(path == null, $"the shared data's {Suite} is not there");
        using var events = new JsonEvents();
        byte[] example = events.Valid[0];
        foreach ((string name, byte[] text) in Documents(path!))
        {
            byte[] input =
            [
                .. "{\"unknown\":"u8,
                .. text,
                (byte)',',
                .. example.AsSpan(Array.IndexOf(example, (byte)'{') + 1),
            ];
            bool isAccepted = events.Accepts(input);
            Assert.True(isAccepted || !name.StartsWith("y_"), $"{name} is refused");
        }
    }

    private static IEnumerable<(string Name, byte[] Text)> Documents(string path)
    {
        using var file = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var tar = new TarReader(file);
        while (tar.GetNextEntry() is { } entry)
        {
            if (
                entry.EntryType != TarEntryType.Directory
                && entry.Name.Contains("test_parsing/", StringComparison.Ordinal)
            )
            {
                var text = new MemoryStream();
                entry.DataStream?.CopyTo(text);
                yield return (Path.GetFileName(entry.Name), text.ToArray());
            }
        }
    }
}
