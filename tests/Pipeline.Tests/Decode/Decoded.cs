using System.Globalization;
using System.Text;
using Engine.Contracts;
using Engine.Pipeline.Decode;

namespace Pipeline.Tests.Decode;

/// <summary>
/// What a decoder made of a value, as one line of text: the error, or the fields that mean something in the event's
/// type.
/// </summary>
internal static class Decoded
{
    public static string Line(string type, IEnumerable<(string Name, string Value)> fields) =>
        type
        + string.Concat(
            fields
                .Where(field => field.Value.Length > 0)
                .OrderBy(field => field.Name, StringComparer.Ordinal)
                .Select(field => $"\n  {field.Name}={field.Value}")
        );

    public static string Error(DeadLetterReason reason, string? detail) =>
        reason is DeadLetterReason.Malformed or DeadLetterReason.TooLarge ? reason.Word() : $"{reason.Word()} {detail}";

    /// <summary>Zero has no sign here.</summary>
    public static string Number(double value) => (value == 0 ? 0 : value).ToString("R", CultureInfo.InvariantCulture);

    public static string Points(IEnumerable<(double T, double X, double Y)> points) =>
        string.Join(
            '|',
            points.Select(point => $"{Number((float)point.T)} {Number((float)point.X)} {Number((float)point.Y)}")
        );

    public static string Describe(DecodeError error, in InteractionEvent e, EventArena arena)
    {
        if (error.IsError)
        {
            return Error(error.Reason, error.Detail);
        }

        List<(string, string)> fields = [];
        if (e.Type != EventType.Tick)
        {
            fields.Add(("time", Number(e.Time)));
            fields.Add(("ip", e.HasIp ? $"{e.Ip} {e.Address}" : ""));
        }
        switch (e.Type)
        {
            case EventType.Click:
                Click(e, fields);
                fields.Add(("path", Points(Path(e, arena))));
                return Line("click", fields);
            case EventType.CursorPath:
                fields.Add(("click", e.Click.ToString()));
                fields.Add(("points", Points(Path(e, arena))));
                return Line("cursor-path", fields);
            case EventType.Confirmation:
                fields.AddRange([
                    ("click", e.Click.ToString()),
                    ("outcome", e.Outcome.ToString().ToLowerInvariant()),
                    ("attempts", e.Attempts == 0 ? "" : Number(e.Attempts)),
                    ("latency_ms", e.LatencyMs == 0 ? "" : Number(e.LatencyMs)),
                ]);
                return Line("confirmation", fields);
            default:
                return Line("tick", fields);
        }
    }

    private static void Click(in InteractionEvent e, List<(string, string)> fields)
    {
        fields.AddRange([
            ("id", e.Id.ToString()),
            ("ua", e.Ua.ToString()),
            ("visitor", e.Visitor.ToString()),
            ("publisher", e.Publisher.ToString()),
            ("placement", e.Placement.ToString()),
            ("campaign", e.Campaign.ToString()),
            ("advertiser", e.Advertiser.ToString()),
            ("page", e.Page.ToString()),
            ("referrer", e.Referrer.ToString()),
            ("target", e.Target.ToString()),
            ("cost_micros", e.CostMicros == 0 ? "" : Number(e.CostMicros)),
            ("pointer", e.Pointer == Pointer.Unknown ? "" : e.Pointer.ToString().ToLowerInvariant()),
            ("expects_path", e.ExpectsPath ? "true" : ""),
            ("position", e.HasPosition ? $"{Number(e.X)} {Number(e.Y)}" : ""),
            ("viewport", e.HasViewport ? $"{Number(e.ViewportWidth)} {Number(e.ViewportHeight)}" : ""),
        ]);
        foreach (DeviceField field in Enum.GetValues<DeviceField>())
        {
            fields.Add(($"device.{field.ToString().ToLowerInvariant()}", e.Device[(int)field].ToString()));
        }
    }

    private static IEnumerable<(double, double, double)> Path(InteractionEvent e, EventArena arena) =>
        Enumerable
            .Range(e.PathStart, e.PathCount)
            .Select(i => ((double)arena.T[i], (double)arena.X[i], (double)arena.Y[i]));
}

/// <summary>
/// The engine's decoders, one of each as a lane has them, so that what one learns from an event is there for the next.
/// </summary>
internal sealed unsafe class EngineDecoders : IDisposable
{
    private readonly EventArena _arena = new();
    private readonly JsonEventDecoder _json;
    private readonly ProtobufEventDecoder _protobuf;

    public EngineDecoders() => (_json, _protobuf) = (new JsonEventDecoder(_arena), new ProtobufEventDecoder(_arena));

    public string Json(string value) => Json(Encoding.UTF8.GetBytes(value));

    public string Json(ReadOnlySpan<byte> value)
    {
        fixed (byte* start = value)
        {
            return Json(start, value.Length, CloudEvent.None);
        }
    }

    public string Json(byte* start, int length, in CloudEvent headers)
    {
        _arena.Reset();
        InteractionEvent e = default;
        DecodeError error = _json.Decode(start, length, ref e, headers);
        return Decoded.Describe(error, e, _arena);
    }

    public string Protobuf(ReadOnlySpan<byte> value)
    {
        fixed (byte* start = value)
        {
            return Protobuf(start, value.Length, CloudEvent.None);
        }
    }

    public string Protobuf(byte* start, int length, in CloudEvent headers)
    {
        _arena.Reset();
        InteractionEvent e = default;
        DecodeError error = _protobuf.Decode(start, length, ref e, headers);
        return Decoded.Describe(error, e, _arena);
    }

    public void Dispose() => _arena.Dispose();
}
