using System.Text;
using Engine.Contracts.Events;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Consume.Librdkafka;
using Engine.Pipeline.Decode;
using Fuzz.Tests.Inputs;
using Fuzz.Tests.Running;

namespace Fuzz.Tests.Targets;

/// <summary>A record's headers as a batch has them, before an event in JSON: the pipeline, which reads both in place,
/// and the check used by all others agree. An input is a byte, that many bytes of headers, and the event.</summary>
internal sealed unsafe class CloudEventHeaders : FuzzTarget
{
    private static readonly EventCatalog Catalog = new(InteractionSchemas.All);
    private static readonly string[] Names = ["ce_type", "ce_id", "ce_time", "content-type", "ce_specversion", ""];
    private static readonly string[] Values =
    [
        "click",
        "confirmation",
        "tick",
        "c-1",
        "a b",
        "",
        "2026-11-22T09:00:00Z",
        "2026-11-22T09:00:00.123456+01:00",
        "2016-12-31T23:59:60Z",
        "0000-02-29t00:00:00z",
        "9999-12-31T23:59:59.999-23:59",
        "1969-12-31T23:59:59Z",
        "2026-02-29T00:00:00Z",
        "application/json",
        "application/cloudevents+json",
        "\ud83d",
    ];

    private readonly GuardedInput _headers = new(),
        _value = new();
    private readonly EventArena _arena = new();
    private readonly JsonEventDecoder _decoder;
    private readonly JsonObjects _objects = new(Examples.Interactions);

    public CloudEventHeaders() => _decoder = new JsonEventDecoder(_arena);

    public override string Name => "cloud-event-headers";
    public override int Share => 12;

    public override IReadOnlyList<byte[]> Valid { get; } =
    [
        [0, .. Encoding.UTF8.GetBytes(Examples.Interactions[0])],
        [
            .. Framed(("ce_type", "click"), ("ce_id", "c-9"), ("ce_time", "2026-11-22T09:00:00Z")),
            .. Encoding.UTF8.GetBytes(Examples.Interactions[0]),
        ],
    ];

    protected override IEnumerable<string> Tokens => [.. Names, .. Values, "\u0001", "\u0002"];

    protected override void Shape(Dice dice, InputBuffer into)
    {
        var headers = new (string, string?)[dice.Below(5)];
        for (int i = 0; i < headers.Length; i++)
        {
            headers[i] = (dice.Pick(Names), dice.OneIn(16) ? null : dice.Pick(Values));
        }

        into.Add(Framed(headers));
        _objects.Make(dice, into);
    }

    public override bool Accepts(ReadOnlySpan<byte> input)
    {
        int length = input.IsEmpty ? 0 : Math.Min(input[0], input.Length - 1);
        ReadOnlySpan<byte> headers = input.IsEmpty ? input : input.Slice(1, length),
            value = input.IsEmpty ? input : input[(1 + length)..];
        var record = new Record { Headers = _headers.Place(headers), HeadersLength = length };
        MessageHeaderReader.Fill(ref record);
        EventHeaders same = Headers(record);
        Holds(same.IsProtobuf == (record.Encoding == ValueEncoding.Protobuf), "the encoding is read in two ways");
        _arena.Reset();
        InteractionEvent e = default;
        DecodeError error = _decoder.Decode(_value.Place(value), value.Length, ref e, record.CloudEvent);
        EventFindings found = EventCheck.Inspect(value, Catalog, same);
        JsonEvents.SameAsIntake(error, e, found);
        return !error.IsError;
    }

    private static EventHeaders Headers(in Record record)
    {
        var headers = new EventHeaders();
        foreach (Confluent.Kafka.IHeader header in MessageHeaderReader.Copy(record))
        {
            headers = headers.With(Encoding.UTF8.GetBytes(header.Key), header.GetValueBytes());
        }

        return headers;
    }

    private static byte[] Framed(params (string Name, string? Value)[] headers)
    {
        List<byte> bytes = [(byte)(headers.Length * 2)];
        foreach ((string name, string? value) in headers)
        {
            bytes.Add((byte)(name.Length * 2));
            bytes.AddRange(Encoding.UTF8.GetBytes(name));
            byte[] text = Encoding.UTF8.GetBytes(value ?? "");
            bytes.Add(value == null ? (byte)1 : (byte)(text.Length * 2));
            bytes.AddRange(text);
        }

        return [(byte)bytes.Count, .. bytes];
    }

    public override void Dispose()
    {
        _headers.Dispose();
        _value.Dispose();
        _arena.Dispose();
        base.Dispose();
    }
}
