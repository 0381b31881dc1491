using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Engine.Contracts;
using Engine.Pipeline.Decode;
using Tests.Support;

namespace Pipeline.Tests.Documents;

/// <summary>One field of the proto file, with its comment.</summary>
internal sealed record ProtoField(string Message, string Type, bool Repeated, string Name, int Number, string Comment);

/// <summary>The fields of events, from the proto file and from what the decoders go by.</summary>
internal static partial class EventFields
{
    private static readonly Type Fields = typeof(InteractionEvent).Assembly.GetType(
        "Engine.Pipeline.Decode.Fields",
        throwOnError: true
    )!;

    public static readonly EventType[] Types = [EventType.Click, EventType.CursorPath, EventType.Confirmation];

    /// <summary>Names by number less one, as the decoders have them.</summary>
    public static string[] DecoderNames => (string[])Fields.GetField("Names")!.GetValue(null)!;

    public static string[] DecoderDeviceNames => (string[])Fields.GetField("DeviceNames")!.GetValue(null)!;

    public static bool IsRequired(EventType type, int field) => Has("Required", type, field);

    public static bool IsKnown(EventType type, int field) => Has("Known", type, field);

    public static ProtoField[] Proto()
    {
        List<ProtoField> fields = [];
        string message = "";
        foreach (
            string line in File.ReadLines(
                Path.Combine(SharedData.Repository, "engine", "Contracts", "Protobuf", "events.proto")
            )
        )
        {
            if (MessageLine().Match(line) is { Success: true } begins)
            {
                message = begins.Groups[1].Value;
            }

            if (FieldLine().Match(line) is not { Success: true } field)
            {
                continue;
            }

            fields.Add(
                new ProtoField(
                    message,
                    field.Groups[2].Value,
                    field.Groups[1].Value == "repeated",
                    field.Groups[3].Value,
                    int.Parse(field.Groups[4].Value, CultureInfo.InvariantCulture),
                    field.Groups[5].Value
                )
            );
        }
        return [.. fields];
    }

    public static string JsonType(ProtoField field) =>
        (field.Type, field.Repeated) switch
        {
            ("string", _) => "text",
            ("int64" or "int32", _) => "whole number",
            ("bool", _) => "true or false",
            ("double", false) => "number",
            ("double", true) => "`[width, height]`",
            ("Point", _) => "list of `[t, x, y]`",
            ("Size", _) => "list of `[width, height]`",
            _ => "object",
        };

    public static string Range(ProtoField field) =>
        field.Message == "Device"
            ? $"at most {EventLimits.MaxDeviceBytes} bytes of UTF-8; numbers are taken as their text"
            : field.Name switch
            {
                "id" or "click" or "publisher" or "campaign" or "visitor" or "placement" or "advertiser" =>
                    $"1 to {EventLimits.MaxIdentifierBytes} bytes of printable ASCII without spaces and braces",
                "type" => "click, cursor-path, confirmation; label in `labels`",
                "time" or "latency_ms" => $"0 to {Number(EventLimits.MaxTime)}",
                "cost_micros" => $"0 to {Number(EventLimits.MaxCostMicros)}",
                "attempts" => $"0 to {Number(int.MaxValue)}",
                "ip" => "an IPv4 or IPv6 address, without zone, port and prefix",
                "pointer" => "mouse, touch, pen, keyboard",
                "outcome" => "confirmed, missed, expired",
                "x" or "y" => $"-{Number((long)EventLimits.MaxMagnitude)} to {Number((long)EventLimits.MaxMagnitude)}",
                "viewport" => $"0 to {Number((long)EventLimits.MaxMagnitude)} each",
                "points" or "path" =>
                    $"1 to {Number(EventLimits.MaxPathPoints)} points; t from 0, never decreasing; each at most "
                        + $"{Number((long)EventLimits.MaxMagnitude)}",
                _ => "",
            };

    public static string Word(EventType type) =>
        type switch
        {
            EventType.CursorPath => "cursor-path",
            _ => type.ToString().ToLowerInvariant(),
        };

    private static string Number(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    private static bool Has(string set, EventType type, int field) =>
        ((uint)Fields.GetMethod(set, BindingFlags.Public | BindingFlags.Static)!.Invoke(null, [type])! >> field & 1)
        != 0;

    [GeneratedRegex(@"^message (\w+)")]
    private static partial Regex MessageLine();

    [GeneratedRegex(@"^\s+(?:(optional|repeated) )?(\w+(?:<string, \w+>)?) (\w+) = (\d+);\s*(?:// (.*))?$")]
    private static partial Regex FieldLine();
}
