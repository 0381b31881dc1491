using System.Collections.Concurrent;
using System.Net;
using Google.Protobuf;
using Tests.Support;

namespace Integration.Tests.Rig;

/// <summary>An OpenTelemetry collector on a free port. Receives OTLP over HTTP and keeps the last value of each sum, by
/// name and attributes. The field numbers are from opentelemetry-proto's metrics.proto.</summary>
public sealed class Collector : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _sums = new(StringComparer.Ordinal);

    public Collector()
    {
        Address = $"http://127.0.0.1:{LiveProcess.FreePort()}/";
        _listener.Prefixes.Add(Address);
        _listener.Start();
        _ = ListenAsync();
    }

    public string Address { get; }

    /// <summary>The environment that makes a program send its metrics here twice a second.</summary>
    public (string Name, string? Value)[] Environment =>
        [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", Address),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "500"),
        ];

    /// <summary>The sums whose names begin with a text, such as <c>engine.workflows.shadow rule=a topic=b</c> with the
    /// attributes in order, and their values.</summary>
    public IEnumerable<KeyValuePair<string, long>> Sums(string name) =>
        _sums
            .Where(sum => sum.Key.StartsWith(name, StringComparison.Ordinal))
            .OrderBy(sum => sum.Key, StringComparer.Ordinal);

    private async Task ListenAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            if (context.Request.Url!.AbsolutePath == "/v1/metrics")
            {
                TakeMetrics(body.ToArray());
            }

            context.Response.Close();
        }
    }

    private void TakeMetrics(byte[] request)
    {
        foreach (
            byte[] metric in Parts(request, 1)
                .SelectMany(resource => Parts(resource, 2))
                .SelectMany(scope => Parts(scope, 2))
        )
        {
            string name = Parts(metric, 1).Select(System.Text.Encoding.UTF8.GetString).Single();
            foreach (byte[] point in Parts(metric, 7).SelectMany(sum => Parts(sum, 1)))
            {
                IEnumerable<string> attributes = Parts(point, 7)
                    .Select(pair => $" {TextIn(pair, 1)}={TextIn(Parts(pair, 2).Single(), 1)}")
                    .Order(StringComparer.Ordinal);
                _sums[name + string.Concat(attributes)] = Fixed(point, 6);
            }
        }
    }

    private static string TextIn(byte[] message, int field) =>
        Parts(message, field).Select(System.Text.Encoding.UTF8.GetString).SingleOrDefault("");

    /// <summary>The length-delimited fields of a message with a number.</summary>
    private static List<byte[]> Parts(byte[] message, int field)
    {
        List<byte[]> parts = [];
        var input = new CodedInputStream(message);
        while (input.ReadTag() is var tag and not 0)
        {
            if (tag == WireFormat.MakeTag(field, WireFormat.WireType.LengthDelimited))
            {
                parts.Add(input.ReadBytes().ToByteArray());
            }
            else
            {
                input.SkipLastField();
            }
        }
        return parts;
    }

    private static long Fixed(byte[] message, int field)
    {
        var input = new CodedInputStream(message);
        while (input.ReadTag() is var tag and not 0)
        {
            if (tag == WireFormat.MakeTag(field, WireFormat.WireType.Fixed64))
            {
                return input.ReadSFixed64();
            }

            input.SkipLastField();
        }
        return 0;
    }

    public void Dispose() => _listener.Close();
}
