using System.Text;
using Engine.Pipeline.Decode;
using Tests.Support;
using Xunit;

namespace Pipeline.Tests.Decode;

public sealed unsafe class ReadsWithinTests : IDisposable
{
    private readonly EngineDecoders _engine = new();

    [Fact]
    public void Nothing_is_read_beyond_a_JSON_value_whole_or_cut_at_any_byte()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "pages are guarded by mmap and mprotect");
        using var page = new GuardedPage(16 * 1024);
        string[] values =
        [
            JsonShapes.Click,
            JsonShapes.Path,
            JsonShapes.Confirmation,
            .. JsonShapes.Odd.Where(value => value.Length < 1000),
            .. Enumerable
                .Range(0, 70)
                .Select(length => $"{{\"type\":\"tick\",\"unknown\":\"{new string('a', length)}\"}}"),
            .. Enumerable
                .Range(0, 70)
                .Select(length =>
                    $"{{\"type\":\"confirmation\",\"time\":1,\"outcome\":\"missed\""
                    + $",\"click\":\"{new string('a', length)}\"}}"
                ),
            .. Enumerable
                .Range(1, 20)
                .Select(length =>
                    $"{{\"type\":\"tick\",\"unknown\":{new string('1', length)}.{new string('2', length)}e1"
                ),
        ];
        int decoded = 0;
        foreach (string value in values)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(value);
            for (int length = 0; length <= bytes.Length; length++)
            {
                string line = _engine.Json(page.Place(bytes.AsSpan(0, length)), length, CloudEvent.None);
                Assert.NotEmpty(line);
                decoded++;
            }
        }
        Assert.True(decoded > 10_000);
    }

    [Fact]
    public void Nothing_is_read_beyond_a_Protobuf_value_whole_or_cut_at_any_byte()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "pages are guarded by mmap and mprotect");
        using var page = new GuardedPage(16 * 1024);
        foreach (
            EventBuilder e in (EventBuilder[])
                [ProtobufDecoderTests.Everything(), Events.Path("c-1"), Events.Confirmation("c-1")]
        )
        {
            byte[] bytes = e.ToProtobuf();
            for (int length = 0; length <= bytes.Length; length++)
            {
                Assert.NotEmpty(_engine.Protobuf(page.Place(bytes.AsSpan(0, length)), length, CloudEvent.None));
            }
        }
    }

    public void Dispose() => _engine.Dispose();
}
