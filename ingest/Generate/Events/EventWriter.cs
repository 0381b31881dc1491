using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ingest.Generate.Movement;

namespace Ingest.Generate.Events;

/// <summary>Writes the contract's JSON. Not thread-safe.</summary>
internal sealed class EventWriter : IDisposable
{
    // The JSON is never embedded in a page, so quotes and letters need no escapes.
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private readonly ArrayBufferWriter<byte> _buffer = new(4096);
    private readonly Utf8JsonWriter _json;

    internal EventWriter() => _json = new Utf8JsonWriter(_buffer, Options);

    public void Dispose() => _json.Dispose();

    internal byte[] Click(ClickDraft click)
    {
        Begin("click");
        _json.WriteString("id", click.Id);
        _json.WriteNumber("time", click.TimeMs);
        _json.WriteString("ip", click.Ip);
        _json.WriteString("ua", click.UserAgent);
        Text("visitor", click.Visitor);
        _json.WriteString("publisher", click.Publisher.Id);
        _json.WriteString("placement", click.Placement.Id);
        _json.WriteString("campaign", click.Campaign.Id);
        _json.WriteString("advertiser", click.Campaign.Advertiser);
        _json.WriteNumber("cost_micros", click.Campaign.CostMicros);
        _json.WriteString("page", click.Page ?? click.Publisher.Page);
        _json.WriteString("referrer", click.Referrer);
        _json.WriteString("target", click.Campaign.Target);
        Text("pointer", click.Pointer);
        if (click.Pointer is not null and not "keyboard")
        {
            Number("x", click.X);
            Number("y", click.Y);
        }
        _json.WriteStartArray("viewport");
        _json.WriteNumberValue(click.Viewport.Width);
        _json.WriteNumberValue(click.Viewport.Height);
        _json.WriteEndArray();
        if (click.ExpectsPath is { } expects)
        {
            _json.WriteBoolean("expects_path", expects);
        }

        if (click.Device is { } device)
        {
            Device(device);
        }

        if (click.Path is { } path)
        {
            Points("path", path);
        }

        return End();
    }

    internal byte[] CursorPath(string click, long timeMs, string ip, IReadOnlyList<CursorPoint> points)
    {
        Begin("cursor-path");
        _json.WriteString("click", click);
        _json.WriteNumber("time", timeMs);
        _json.WriteString("ip", ip);
        Points("points", points);
        return End();
    }

    private void Begin(string type)
    {
        _buffer.Clear();
        _json.Reset(_buffer);
        _json.WriteStartObject();
        _json.WriteString("type", type);
    }

    private byte[] End()
    {
        _json.WriteEndObject();
        _json.Flush();
        return _buffer.WrittenSpan.ToArray();
    }

    private void Device(DeviceDraft device)
    {
        _json.WriteStartObject("device");
        Text("make", device.Make);
        Text("model", device.Model);
        _json.WriteString("os", device.Os);
        _json.WriteString("osv", device.Osv);
        Text("carrier", device.Carrier);
        _json.WriteString("connectiontype", device.Connection);
        _json.WriteString("language", device.Language);
        _json.WriteEndObject();
    }

    private void Points(string name, IReadOnlyList<CursorPoint> points)
    {
        _json.WriteStartArray(name);
        for (int i = 0; i < points.Count; i++)
        {
            _json.WriteStartArray();
            Value(points[i].T);
            Value(points[i].X);
            Value(points[i].Y);
            _json.WriteEndArray();
        }
        _json.WriteEndArray();
    }

    private void Text(string name, string? value)
    {
        if (value is not null)
        {
            _json.WriteString(name, value);
        }
    }

    private void Number(string name, double value)
    {
        _json.WritePropertyName(name);
        Value(value);
    }

    /// <summary>Browsers report positions to a hundredth of a pixel at most.</summary>
    private void Value(double value) => _json.WriteNumberValue(Math.Round(value, 2));
}
