using System.Text;
using Engine.Client.Checks;
using Engine.Workflows;
using Xunit;

namespace Ingest.Tests.Client;

public class EventCheckTests
{
    private const string Full = """
        {"type":"click","id":"c-8f14e45f","time":1763769600123,"ip":"203.0.113.9","ua":"Mozilla/5.0 …","visitor":"v-77","publisher":"pub-12","placement":"top","campaign":"cmp-7","advertiser":"adv-3","cost_micros":250000,"page":"https://news.example/a","referrer":"","target":"https://shop.example/p/1","pointer":"mouse","x":312,"y":88,"viewport":[1280,720],"expects_path":true,"device":{"make":"Acme","model":"A1","os":"Android","osv":14,"carrier":"c-1","connectiontype":"wifi","language":"de","orientation":{"deep":[1]}},"path":[[0,10,20],[16,14,25.5]],"new":{"field":[true]}}
        """;

    private static CheckedEvent Check(string json) =>
        EventCheck.Inspect(Encoding.UTF8.GetBytes(json), WorkflowEvents.All);

    [Fact]
    public void The_contracts_own_example_is_a_good_click()
    {
        CheckedEvent found = Check(Full);
        Assert.Equal(
            (null, "click", "203.0.113.0/24", "c-8f14e45f", 1763769600123L),
            (found.Reason, found.Type, found.Key, found.Id, found.Time!.Value)
        );
    }

    [Theory]
    [InlineData("\"type\":\"click\"", "\"type\":\"clique\"", "unknown-type", "type")]
    [InlineData("\"type\":\"click\",", "", "missing-field", "type")]
    [InlineData("\"type\":\"click\"", "\"type\":1", "wrong-type", "type")]
    [InlineData("\"id\":\"c-8f14e45f\"", "\"id\":\"\"", "out-of-range", "id")]
    [InlineData("\"id\":\"c-8f14e45f\"", "\"id\":\"a b\"", "out-of-range", "id")]
    [InlineData("\"id\":\"c-8f14e45f\"", "\"id\":\"a{b\"", "out-of-range", "id")]
    [InlineData("\"id\":\"c-8f14e45f\"", "\"id\":\"ü\"", "out-of-range", "id")]
    [InlineData("\"id\":\"c-8f14e45f\"", "\"id\":7", "wrong-type", "id")]
    [InlineData("\"id\":\"c-8f14e45f\",", "", "missing-field", "id")]
    [InlineData("1763769600123", "\"1763769600123\"", "wrong-type", "time")]
    [InlineData("1763769600123", "1.5", "wrong-type", "time")]
    [InlineData("1763769600123", "1.0", "wrong-type", "time")]
    [InlineData("1763769600123", "1e3", "wrong-type", "time")]
    [InlineData("\"v-77\"", "\"\\ud800\"", "malformed", "visitor")]
    [InlineData("\"osv\":14", "\"osv\":\"\\ude00\"", "malformed", "device.osv")]
    [InlineData("1763769600123", "-1", "out-of-range", "time")]
    [InlineData("1763769600123", "99999999999999999999", "out-of-range", "time")]
    [InlineData("1763769600123", "null", "missing-field", "time")]
    [InlineData("203.0.113.9", "12", "out-of-range", "ip")]
    [InlineData("203.0.113.9", "fe80::1%eth0", "out-of-range", "ip")]
    [InlineData("\"publisher\":\"pub-12\",", "", "missing-field", "publisher")]
    [InlineData("\"campaign\":\"cmp-7\",", "", "missing-field", "campaign")]
    [InlineData("250000", "-1", "out-of-range", "cost_micros")]
    [InlineData("250000", "2.5", "wrong-type", "cost_micros")]
    [InlineData("\"mouse\"", "\"nose\"", "out-of-range", "pointer")]
    [InlineData("312", "1e999", "out-of-range", "x")]
    [InlineData("[1280,720]", "[1280]", "wrong-type", "viewport")]
    [InlineData("[1280,720]", "[1280.0,720.0]", "wrong-type", "viewport")]
    [InlineData("\"expects_path\":true", "\"expects_path\":1", "wrong-type", "expects_path")]
    [InlineData("[[0,10,20],[16,14,25.5]]", "[]", "out-of-range", "path")]
    [InlineData("[16,14,25.5]", "[16,14]", "wrong-type", "path")]
    [InlineData("[16,14,25.5]", "[16,[14],25.5]", "wrong-type", "path")]
    [InlineData("[[0,10,20],[16,14,25.5]]", "[[16,10,20],[0,14,25.5]]", "out-of-range", "path")]
    [InlineData("\"make\":\"Acme\"", "\"make\":[1]", "wrong-type", "device.make")]
    public void What_is_wrong_is_told_with_its_field(string what, string becomes, string reason, string field)
    {
        CheckedEvent found = Check(Full.Replace(what, becomes));
        Assert.Equal((reason, field), (found.Reason, found.Detail));
    }

    [Theory]
    [InlineData("\"visitor\":\"v-77\"", "\"visitor\":null")]
    [InlineData("\"id\":\"c-8f14e45f\"", "\"id\":\"c-8\\u0066\"")]
    [InlineData("\"campaign\"", "\"c\\u0061mpaign\"")]
    [InlineData("203.0.113.9", "203.0.113\\u002e9")]
    public void What_is_only_strange_is_good(string what, string becomes) =>
        Assert.Null(Check(Full.Replace(what, becomes)).Reason);

    [Fact]
    public void Bounds_are_where_the_contract_has_them()
    {
        Assert.Null(Check(Full.Replace("c-8f14e45f", new string('x', 128))).Reason);
        Assert.Equal("out-of-range", Check(Full.Replace("c-8f14e45f", new string('x', 129))).Reason);
        Assert.Null(Check(Full.Replace("Acme", new string('ü', 64))).Reason);
        Assert.Equal("out-of-range", Check(Full.Replace("Acme", new string('ü', 64) + "x")).Reason);
        Assert.Null(Check(Full.Replace("[[0,10,20],[16,14,25.5]]", Points(4096))).Reason);
        Assert.Equal("out-of-range", Check(Full.Replace("[[0,10,20],[16,14,25.5]]", Points(4097))).Reason);
        string padded =
            Full[..^1]
            + ",\"pad\":\""
            + new string('x', EventCheck.MaxBytes - Encoding.UTF8.GetByteCount(Full) - 9)
            + "\"}";
        Assert.Equal(EventCheck.MaxBytes, Encoding.UTF8.GetByteCount(padded));
        Assert.Null(Check(padded).Reason);
        Assert.Equal("too-large", Check(padded.Replace("\"pad\"", "\"pads\"")).Reason);
    }

    [Fact]
    public void An_event_cut_off_at_any_byte_is_malformed_and_never_an_exception()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Full);
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.Equal("malformed", EventCheck.Inspect(bytes.AsSpan(0, length), WorkflowEvents.All).Reason);
        }
    }

    [Fact]
    public void No_single_wrong_byte_is_an_exception()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Full);
        foreach (byte wrong in new byte[] { 0, (byte)'"', (byte)'\\', (byte)'{', (byte)']', 0x80, 0xff })
        {
            for (int at = 0; at < bytes.Length; at++)
            {
                byte before = bytes[at];
                bytes[at] = wrong;
                EventCheck.Inspect(bytes, WorkflowEvents.All);
                bytes[at] = before;
            }
        }
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("null")]
    [InlineData("{} {}")]
    [InlineData("{\"type\":\"click\",}")]
    public void What_is_no_object_is_malformed(string json) => Assert.Equal("malformed", Check(json).Reason);

    [Fact]
    public void Deep_nesting_is_malformed() =>
        Assert.Equal("malformed", Check("{\"type\":\"click\",\"a\":" + new string('[', 100_000)).Reason);

    private static string Points(int count) =>
        "[" + string.Join(',', Enumerable.Range(0, count).Select(i => $"[{i},1,2]")) + "]";

    [Theory]
    [InlineData("{\"a\":\"b\",\"c\":1,\"d\":true,\"e\":null}", null)]
    [InlineData("[]", "wrong-type")]
    [InlineData("{\"a\":[1]}", "wrong-type")]
    [InlineData("{\"a\":{\"b\":1},\"c\":[]}", "wrong-type")]
    [InlineData("{\"\":\"b\"}", "out-of-range")]
    public void A_content_requests_parameters_are_texts_numbers_or_flags(string parameters, string? reason) =>
        Assert.Equal(
            reason,
            Check(
                $$"""{"type":"content-request","id":"r","time":1,"sponsor":"sp-1","unit":"u","sizes":[[1,2]],"parameters":{{parameters}} }"""
            ).Reason
        );

    [Fact]
    public void A_content_requests_sizes_and_parameters_are_bounded_as_the_engine_bounds_them()
    {
        string? Reason(int sizes, int parameters, int name, int value) =>
            Check(
                $$"""
                {"type":"content-request","id":"r","time":1,"sponsor":"sp-1","unit":"u","sizes":[{{string.Join(
                    ',',
                    Enumerable.Repeat("[1,2]", sizes)
                )}}],
                 "parameters":{ {{string.Join(
                    ',',
                    Enumerable.Range(0, parameters).Select(i =>
                        $"\"{i.ToString().PadLeft(name, 'n')}\":\"{new string('v', value)}\""
                    )
                )}} } }
                """
            ).Reason;
        Assert.Null(Reason(64, 32, 64, 256));
        Assert.Equal("out-of-range", Reason(65, 1, 2, 1));
        Assert.Equal("out-of-range", Reason(1, 33, 2, 1));
        Assert.Equal("out-of-range", Reason(1, 1, 65, 1));
        Assert.Equal("out-of-range", Reason(1, 1, 1, 257));
    }
}
