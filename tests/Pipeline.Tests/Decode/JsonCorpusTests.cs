using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tests.Support;
using Xunit;

namespace Pipeline.Tests.Decode;

/// <summary>The decoder on input that others made to break decoders, and on recorded clicks.</summary>
public sealed class JsonCorpusTests : IDisposable
{
    private static readonly byte[] Before = "{\"type\":\"click\",\"id\":\"c\",\"unknown\":"u8.ToArray();
    private static readonly byte[] After =
        ",\"time\":1,\"ip\":\"1.2.3.4\",\"publisher\":\"p\",\"campaign\":\"k\"}"u8.ToArray();

    private readonly EngineDecoders _engine = new();

    [Fact]
    public void JSONTestSuite_is_accepted_and_refused_as_it_says()
    {
        int accepted = 0,
            refused = 0;
        foreach ((string name, byte[] text) in TestSuite("test_parsing/"))
        {
            string inside = Same([.. Before, .. text, .. After]),
                whole = Same(text);
            if (name.StartsWith("y_", StringComparison.Ordinal))
            {
                Assert.True(inside.StartsWith("click", StringComparison.Ordinal), $"{name}: {inside}");
                accepted++;
            }
            if (!name.StartsWith("n_", StringComparison.Ordinal))
            {
                continue;
            }

            Assert.True(whole == "malformed", $"{name}: {whole}");
            refused++;
            // What isn't JSON alone may become part of something else between two halves of an object: the twin says
            // what.
        }
        Assert.Equal((95, 188), (accepted, refused));
    }

    [Fact]
    public void Numbers_and_texts_that_parsers_differ_on_decode_as_the_plain_decoder_has_them()
    {
        int files = 0;
        foreach ((_, byte[] text) in TestSuite("test_transform/"))
        {
            foreach (string field in (string[])["ua", "x", "time", "device", "path", "unknown"])
            {
                Same([.. Before, .. "0,\""u8, .. Encoding.ASCII.GetBytes(field), .. "\":"u8, .. text, .. After]);
            }

            Same(text);
            files++;
        }
        Assert.Equal(22, files);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{\"a\":")]
    [InlineData("[{\"\":")]
    public void A_hundred_thousand_openings_are_malformed_at_once(string opening)
    {
        string deep = string.Concat(Enumerable.Repeat(opening, 100_000 / opening.Length * Math.Min(opening.Length, 2)));
        var watch = Stopwatch.StartNew();
        foreach (string field in (string[])["unknown", "ua", "path", "device", "viewport"])
        {
            Assert.Equal("malformed", _engine.Json($"{{\"type\":\"click\",\"{field}\":{deep}"));
        }

        Assert.Equal("malformed", _engine.Json(deep));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2), $"took {watch.Elapsed}");
    }

    [Fact]
    public void Naughty_strings_in_every_text_field_decode_as_the_plain_decoder_has_them()
    {
        string[] strings = JsonSerializer.Deserialize<string[]>(File.ReadAllText(Shared.File("clicks/bad/blns.json")))!;
        string[] fields =
        [
            "id",
            "visitor",
            "publisher",
            "placement",
            "campaign",
            "advertiser",
            "ua",
            "page",
            "referrer",
            "target",
            "ip",
            "pointer",
            "type",
        ];
        var raw = new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        foreach (string text in strings)
        {
            foreach (string field in fields)
            {
                string click = JsonShapes.Click.TrimEnd()[..^1];
                string escaped = Same(
                    Encoding.UTF8.GetBytes($"{click},\"{field}\":{JsonSerializer.Serialize(text)}}}")
                );
                Assert.Equal(
                    escaped,
                    Same(Encoding.UTF8.GetBytes($"{click},\"{field}\":{JsonSerializer.Serialize(text, raw)}}}"))
                );
                if (field is "ua" or "page" && text.Length > 0)
                {
                    Assert.Contains($"{field}={text}", escaped);
                }
            }
        }

        Assert.Equal(515, strings.Length);
    }

    [Theory]
    [InlineData("clicks/iflytek.clicks.jsonl.gz", 6_720)]
    [InlineData("clicks/ipinyou.clicks.jsonl.gz", 304)]
    [InlineData("clicks/talkingdata.clicks.jsonl.gz", 66_853)]
    public void Recorded_clicks_are_all_read_as_the_plain_decoder_has_them(string file, int lines)
    {
        int read = 0,
            n = 0;
        foreach (string line in SharedData.Lines(Shared.File(file)))
        {
            byte[] value = Encoding.UTF8.GetBytes(line);
            // Every line goes through the engine's decoder; of the largest log one in eight through both.
            string decoded = lines < 10_000 || n++ % 8 == 0 ? Same(value) : _engine.Json(value);
            Assert.StartsWith("click", decoded);
            read++;
        }
        Assert.Equal(lines, read);
    }

    [Fact]
    public void Addresses_of_others_test_suites_decode_as_the_plain_decoder_has_them()
    {
        List<string> addresses = [];
        Texts(JsonDocument.Parse(File.ReadAllText(Shared.File("clicks/bad/ip-cases.json"))).RootElement, addresses);
        int clicks = 0;
        foreach (string address in addresses)
        {
            string decoded = Same([
                .. Before,
                .. "0"u8,
                .. After[..^1],
                .. ",\"ip\":"u8,
                .. JsonSerializer.SerializeToUtf8Bytes(address),
                (byte)'}',
            ]);
            if (decoded.StartsWith("click", StringComparison.Ordinal))
            {
                clicks++;
            }
            else
            {
                Assert.Equal("out-of-range ip", decoded);
            }
        }
        Assert.InRange(clicks, 150, addresses.Count - 300);
    }

    public void Dispose() => _engine.Dispose();

    private static void Texts(JsonElement element, List<string> into)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            into.Add(element.GetString()!);
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in element.EnumerateArray())
            {
                Texts(item, into);
            }
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in element.EnumerateObject())
            {
                Texts(property.Value, into);
            }
        }
    }

    private static IEnumerable<(string Name, byte[] Text)> TestSuite(string folder)
    {
        using var file = new GZipStream(
            File.OpenRead(Shared.File("clicks/bad/JSONTestSuite.tar.gz")),
            CompressionMode.Decompress
        );
        using var tar = new TarReader(file);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.EntryType == TarEntryType.Directory || !entry.Name.Contains(folder, StringComparison.Ordinal))
            {
                continue;
            }

            var text = new MemoryStream();
            entry.DataStream?.CopyTo(text);
            yield return (Path.GetFileName(entry.Name), text.ToArray());
        }
    }

    private string Same(byte[] value)
    {
        string expected = PlainJsonDecoder.Decode(value),
            actual = _engine.Json(value);
        if (expected != actual)
        {
            Assert.Fail(
                $"the plain decoder has\n{expected}\nthe engine's\n{actual}\nof "
                    + $"{Encoding.UTF8.GetString(value.AsSpan(0, Math.Min(2000, value.Length)))}"
            );
        }

        return actual;
    }
}
