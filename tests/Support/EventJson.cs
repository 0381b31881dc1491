using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Engine.Contracts.Protobuf;
using Google.Protobuf.Collections;

namespace Tests.Support;

/// <summary>Writes an event as producers send it, with the documented fields in order and text unescaped where JSON
/// allows it.</summary>
public static class EventJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(Event e)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Options))
        {
            json.WriteStartObject();
            Write(json, e);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Write(Utf8JsonWriter json, Event e)
    {
        Text(json, "type", e.HasType, e.Type);
        Text(json, "id", e.HasId, e.Id);
        Text(json, "click", e.HasClick, e.Click);
        if (e.HasTime)
        {
            json.WriteNumber("time", e.Time);
        }

        Text(json, "ip", e.HasIp, e.Ip);
        Text(json, "ua", e.HasUa, e.Ua);
        Text(json, "visitor", e.HasVisitor, e.Visitor);
        Text(json, "publisher", e.HasPublisher, e.Publisher);
        Text(json, "placement", e.HasPlacement, e.Placement);
        Text(json, "campaign", e.HasCampaign, e.Campaign);
        Text(json, "advertiser", e.HasAdvertiser, e.Advertiser);
        if (e.HasCostMicros)
        {
            json.WriteNumber("cost_micros", e.CostMicros);
        }

        Text(json, "page", e.HasPage, e.Page);
        Text(json, "referrer", e.HasReferrer, e.Referrer);
        Text(json, "target", e.HasTarget, e.Target);
        Text(json, "pointer", e.HasPointer, e.Pointer);
        if (e.HasX)
        {
            json.WriteNumber("x", e.X);
        }

        if (e.HasY)
        {
            json.WriteNumber("y", e.Y);
        }

        if (e.Viewport.Count > 0)
        {
            Array(json, "viewport", e.Viewport);
        }

        if (e.HasExpectsPath)
        {
            json.WriteBoolean("expects_path", e.ExpectsPath);
        }

        if (e.Device is { } device)
        {
            Write(json, device);
        }

        Points(json, "path", e.Path);
        Points(json, "points", e.Points);
        Text(json, "outcome", e.HasOutcome, e.Outcome);
        if (e.HasAttempts)
        {
            json.WriteNumber("attempts", e.Attempts);
        }

        if (e.HasLatencyMs)
        {
            json.WriteNumber("latency_ms", e.LatencyMs);
        }

        if (e.HasValid)
        {
            json.WriteBoolean("valid", e.Valid);
        }

        Text(json, "source", e.HasSource, e.Source);
        if (e.HasWeight)
        {
            json.WriteNumber("weight", e.Weight);
        }
    }

    private static void Write(Utf8JsonWriter json, Device device)
    {
        json.WriteStartObject("device");
        Text(json, "make", device.HasMake, device.Make);
        Text(json, "model", device.HasModel, device.Model);
        Text(json, "os", device.HasOs, device.Os);
        Text(json, "osv", device.HasOsv, device.Osv);
        Text(json, "carrier", device.HasCarrier, device.Carrier);
        Text(json, "connectiontype", device.HasConnectiontype, device.Connectiontype);
        Text(json, "language", device.HasLanguage, device.Language);
        json.WriteEndObject();
    }

    private static void Points(Utf8JsonWriter json, string name, RepeatedField<Point> points)
    {
        if (points.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (Point point in points)
        {
            Array(json, null, [point.T, point.X, point.Y]);
        }

        json.WriteEndArray();
    }

    private static void Array(Utf8JsonWriter json, string? name, IEnumerable<double> numbers)
    {
        if (name == null)
        {
            json.WriteStartArray();
        }
        else
        {
            json.WriteStartArray(name);
        }

        foreach (double number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    private static void Text(Utf8JsonWriter json, string name, bool has, string value)
    {
        if (has)
        {
            json.WriteString(name, value);
        }
    }
}
