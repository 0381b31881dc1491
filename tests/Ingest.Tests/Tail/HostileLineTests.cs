using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Ingest.Tail;
using Ingest.Tail.Formats;
using Ingest.Tests.Rig;
using Xunit;

namespace Ingest.Tests.Tail;

/// <summary>Lines that nobody's server should write, and logs that grow in any pieces.</summary>
public class HostileLineTests
{
    private static readonly string[] Formats = [.. LogFormats.Names, "pattern=$remote_addr $msec \"$request\" $status"];

    private static string Combined(string query, string agent = "a") =>
        $"1.2.3.4 - - [22/Nov/2026:09:00:01 +0100] \"GET /click?{query} HTTP/1.1\" 302 0 \"-\" \"{agent}\" \"-\"";

    private static string NginxJson(string query, string agent = "a") =>
        $$"""{"remote_addr":"1.2.3.4","msec":"1795334401","request":"GET /click?{{query}} HTTP/1.1","status":"302","agent":"{{agent}}"}""";

    public static TheoryData<string> Broken =>
        [
            "\0",
            "\"",
            "\\",
            "{",
            "}",
            "{\"",
            "{\"a",
            "{\"a\":",
            "{\"a\":\"\\",
            "{\"a\":\"\\u",
            "{\"a\":1",
            "{\"a\":1]",
            "{]",
            "{}}",
            "{} x",
            "[{}]",
            new string('{', 100_000),
            string.Concat(Enumerable.Repeat("{\"a\":", 100_000)),
            new string('[', 100_000),
            "{\"a\":" + new string('[', 100_000),
            new string('\\', 100_001),
            new string('"', 100_001),
            new string('\t', 100_001),
            "#Fields:" + string.Concat(Enumerable.Repeat(" date", 10_000)),
            "#Fields:",
            Combined("a")[..60],
            NginxJson("a", "\\"),
        ];

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_broken_line_has_a_problem_in_every_format(string line)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(line);
        foreach (string format in Formats)
        {
            LogFormat reader = LogFormats.Create(format);
            var request = new LoggedRequest();
            Assert.False(reader.Read(bytes, ref request), format);
            // Only a comment is neither a request nor a problem.
            Assert.Equal(line.StartsWith('#') && format == "cloudfront", request.Problem is null);
            if (request.Problem is not null)
            {
                Assert.InRange(request.InWords().Length, 1, 500);
            }
        }
    }

    [Theory]
    [InlineData("combined")]
    [InlineData("nginx-json")]
    public void Bytes_that_are_no_UTF_8_become_replacement_characters(string format)
    {
        foreach (byte[] bad in new byte[][] { [0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xF0, 0x9F] })
        {
            string line =
                format == "combined"
                    ? Combined("id=c&publisher=p&campaign=c", "a¤b")
                    : NginxJson("id=c&publisher=p&campaign=c", "a¤b");
            byte[][] parts = [.. line.Split('¤').Select(Encoding.UTF8.GetBytes)];
            string click = LineClicks.Of(LogFormats.Create(format), [.. parts[0], .. bad, .. parts[1]])!;
            string agent = JsonDocument.Parse(click).RootElement.GetProperty("ua").GetString()!;
            Assert.Equal("ab", agent.Replace("\uFFFD", ""));
            Assert.Contains('\uFFFD', agent);
        }
    }

    [Theory]
    [InlineData("%00", "\0")]
    [InlineData("%ff", "\uFFFD")]
    [InlineData("%", "%")]
    [InlineData("%2", "%2")]
    [InlineData("%zz", "%zz")]
    [InlineData("+%2B", " +")]
    [InlineData("%F0%9F%98%80", "😀")]
    [InlineData("a\u0001b", "a\u0001b")]
    [InlineData("\\x22", "\"")]
    [InlineData("%22%5C", "\"\\")]
    public void Values_of_a_query_are_decoded_whatever_they_hold(string value, string expected)
    {
        foreach (
            (string format, string line) in new[]
            {
                ("combined", Combined($"x%73=1&=&&&publisher=p&campaign=c&id=1&target={value}&target=no")),
                ("nginx-json", NginxJson($"publisher=p&campaign=c&id=1&%74arget={value}&target=no")),
            }
        )
        {
            string click = LineClicks.Of(LogFormats.Create(format), Encoding.UTF8.GetBytes(line))!;
            Assert.Equal(expected, JsonDocument.Parse(click).RootElement.GetProperty("target").GetString());
        }
    }

    [Fact]
    public void A_huge_line_is_read_in_time_that_grows_with_its_length()
    {
        foreach (string filler in new[] { "%25", "\\x5C", "&", "=", "&id=1", "a" })
        {
            string huge = string.Concat(Enumerable.Repeat(filler, LogFile.MaxLine / 2 / filler.Length));
            foreach (
                (string format, string line) in new[]
                {
                    ("combined", Combined($"publisher=p&campaign=c&id=1&x={huge}", huge)),
                    ("nginx-json", NginxJson($"publisher=p&campaign=c&id=1&x={huge}", huge)),
                }
            )
            {
                // Too long for an event, or for a field.
                Assert.NotNull(LineClicks.Of(LogFormats.Create(format), Encoding.UTF8.GetBytes(line)));
            }
        }
    }

    /// <summary>Once buffers have grown, neither finding fields nor making clicks of them allocates.</summary>
    [Fact]
    public void A_line_allocates_nothing()
    {
        using var clicks = new ClickMapping("/click", behindProxy: true);
        foreach ((string format, string line) in LogFormatTests.SameRequest.Select(row => row.Data))
        {
            LogFormat reader = LogFormats.Create(format);
            byte[] bytes = Encoding.UTF8.GetBytes(line.Replace("id=c-1", "x=1&y=2.5&target=%61&visitor=\\u0061"));
            long written = 0;
            long before = 0;
            for (int i = 0; i < 2_000; i++)
            {
                before = i == 1_000 ? GC.GetAllocatedBytesForCurrentThread() : before;
                var request = new LoggedRequest();
                if (reader.Read(bytes, ref request) && clicks.IsClick(request, reader.Escapes))
                {
                    written += clicks.Write(request, reader.Escapes, bytes, i).Length;
                }
            }

            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.True(written > 0, format);
        }
    }

    /// <summary>Whatever pieces a log comes in, and compressed or not, the same clicks come of it.</summary>
    [Fact]
    public void A_log_cut_anywhere_gives_the_same_clicks()
    {
        (string Format, string Line)[] formats = [.. LogFormatTests.SameRequest.Select(row => row.Data)];
        Gen<(int Format, int[] Lines, int[] Cuts)> logs =
            from format in Gen.Choose(0, formats.Length - 1)
            from lines in Gen.Choose(0, 5).ArrayOf(6)
            from cuts in Gen.Choose(0, 1_000_000).ArrayOf(3)
            select (format, lines, cuts);
        Prop.ForAll(logs.ToArbitrary(), log =>
            {
                byte[] bytes = Encoding.UTF8.GetBytes(
                    string.Concat(log.Lines.Select(kind => Variant(formats[log.Format].Line, kind)))
                );
                int[] cuts = [.. log.Cuts.Select(cut => cut % (bytes.Length + 1)).Order()];
                List<string> whole = Clicks(formats[log.Format].Format, bytes, []);
                return whole.Count == log.Lines.Count(kind => kind != 3)
                    && whole.SequenceEqual(Clicks(formats[log.Format].Format, bytes, cuts))
                    && whole.SequenceEqual(Clicks(formats[log.Format].Format, Compressed(bytes, cuts), []));
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(60));
    }

    /// <summary>A line as it is, with another ending, cut, empty, with other characters, or long.</summary>
    private static string Variant(string line, int kind) =>
        kind switch
        {
            1 => line + "\r\n",
            2 => line[..(line.Length / 2)] + "\n",
            3 => "\n",
            4 => line.Replace("c-1", "ä%F0%9F%98%80\\u00e4") + "\n",
            5 => line.Replace("c-1", new string('i', 1_000)) + "\n",
            _ => line + "\n",
        };

    /// <summary>Compresses each piece into a member of its own.</summary>
    private static byte[] Compressed(byte[] bytes, int[] cuts)
    {
        using var all = new MemoryStream();
        int from = 0;
        foreach (int cut in cuts.Append(bytes.Length))
        {
            using (
                var member = new System.IO.Compression.GZipStream(
                    all,
                    System.IO.Compression.CompressionLevel.Fastest,
                    leaveOpen: true
                )
            )
            {
                member.Write(bytes.AsSpan(from, cut - from));
            }

            from = cut;
        }
        return all.ToArray();
    }

    /// <summary>Reads a log that grows by a piece whenever its end is reached: the clicks, and problems.</summary>
    private static List<string> Clicks(string format, byte[] bytes, int[] cuts)
    {
        using var folder = new Folder();
        string path = Path.Combine(folder.Path, "log");
        File.WriteAllBytes(path, []);
        using var log = new LogFile(path, null, TimeProvider.System);
        LogFormat reader = LogFormats.Create(format);
        var clicks = new List<string>();
        int from = 0;
        foreach (int cut in cuts.Append(bytes.Length))
        {
            using (FileStream more = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite))
            {
                more.Write(bytes.AsSpan(from, cut - from));
            }

            from = cut;
            while (More()) { }
        }
        return clicks;

        bool More() =>
            log.ReadAsync(
                    false,
                    (line, _, _, _) =>
                    {
                        if (line.Trim("\r"u8) is { IsEmpty: false } text)
                        {
                            clicks.Add(LineClicks.Of(reader, text.Span) ?? "");
                        }

                        return ValueTask.CompletedTask;
                    },
                    TestContext.Current.CancellationToken
                )
                .AsTask()
                .GetAwaiter()
                .GetResult();
    }
}
