using System.Text;
using Engine.Client.Checks;
using Ingest.Http;
using Ingest.Replay;
using Xunit;

namespace Ingest.Tests.Http;

public class FramingTests
{
    private const string A = """{"a":"x,]}\"\\","b":[1,{"c":2}]}""";
    private const string B = """{"b":"ü"}""";

    public static TheoryData<string, string[]> Bodies =>
        new()
        {
            { A, [A] },
            { $" \r\n{A}\n", [A] },
            { $"{A}\n{B}", [A, B] },
            { $"{A}\r\n\r\n{B}\r\n", [A, B] },
            // Part of the event, which the contract then refuses, as it does one from Kafka.
            { $"\uFEFF{A}\n{B}", ["\uFEFF" + A, B] },
            { $"[{A},{B}]", [A, B] },
            { $"[ {A} ,\n {B}\n]\n", [A, B] },
            { "{\n  \"a\": [\n 1 ]\n}\n", ["{\n  \"a\": [\n 1 ]\n}"] },
            { "[]", [] },
            { "", [] },
            { " \n", [] },
            { $"{A}\n{{\"cut\":\n{B}", [A, "{\"cut\":", B] },
            { $"{{\"cut\":\"x\n{B}", ["{\"cut\":\"x", B] },
            { $"[{A},,{B}]", [A, "", B] },
            { $"[{A},]", [A, ""] },
            { $"[{A}", [A + "\\"] },
            { $"[{A}]x", [A, "x"] },
        };

    [Theory]
    [MemberData(nameof(Bodies))]
    public void A_body_gives_the_same_events_wherever_it_is_cut(string body, string[] events)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            var frames = new List<Frame>();
            var framing = new EventFraming(lines: false);
            framing.Feed(bytes.AsSpan(0, cut), frames);
            framing.Feed(bytes.AsSpan(cut), frames);
            framing.End(frames);
            Assert.Equal(events, frames.Select(frame => Encoding.UTF8.GetString(frame.Bytes!)));
        }
    }

    [Fact]
    public void An_event_too_large_is_thrown_away_and_its_neighbours_are_not()
    {
        foreach (string between in new[] { "\n", "," })
        {
            string large = "{\"a\":\"" + new string('x', EventCheck.MaxBytes) + "\"}",
                body = string.Join(between, A, large, B);
            var frames = new List<Frame>();
            var framing = new EventFraming(lines: false);
            framing.Feed(Encoding.UTF8.GetBytes(between == "," ? $"[{body}]" : body), frames);
            framing.End(frames);
            Assert.Equal(
                [A, null, B],
                frames.Select(frame => frame.Bytes is null ? null : Encoding.UTF8.GetString(frame.Bytes))
            );
        }
    }

    [Fact]
    public void A_largest_event_fits()
    {
        byte[] largest = Encoding.UTF8.GetBytes("{\"a\":\"" + new string('x', EventCheck.MaxBytes - 8) + "\"}");
        var frames = new List<Frame>();
        var framing = new EventFraming(lines: false);
        framing.Feed([.. largest, (byte)'\r', (byte)'\n'], frames);
        framing.End(frames);
        Assert.Equal(EventCheck.MaxBytes, Assert.Single(frames).Bytes!.Length);
    }

    [Fact]
    public void Lines_are_read_the_same_however_the_stream_gives_them()
    {
        byte[] bytes = Encoding.UTF8.GetBytes("\uFEFFone\r\n\ntwo\n" + new string('x', 200) + "\nlast");
        for (int step = 1; step < 20; step++)
        {
            using var reader = new LineReader(new Trickle(bytes, step), maxLine: 100);
            var lines = new List<string>();
            while (reader.Next(out ReadOnlySpan<byte> line, out bool tooLong))
            {
                lines.Add(tooLong ? "too long" : Encoding.UTF8.GetString(line));
            }

            Assert.Equal(["one", "", "two", "too long", "last"], lines);
            Assert.Equal(5, reader.Line);
        }
    }

    /// <summary>A stream that gives few bytes at a time.</summary>
    private sealed class Trickle(byte[] bytes, int step) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) =>
            base.Read(buffer, offset, Math.Min(count, step));
    }
}
