using System.Text.Json;
using System.Text.Unicode;
using Engine.Contracts;
using Engine.Contracts.Protobuf;
using Engine.Pipeline.Decode;
using Google.Protobuf;

namespace Engine.Pipeline.History;

/// <summary>The result of reading a field.</summary>
internal enum FieldFound : byte
{
    Absent,
    WrongType,

    /// <summary>A string with half a surrogate pair.</summary>
    NoText,
    OutOfRange,
    There,
}

/// <summary>The fields of a label's value by name, independent of its encoding.</summary>
internal abstract class LabelFields : IDisposable
{
    public abstract FieldFound Text(string name, out string value);

    /// <summary>Reads an integer from 0 to <paramref name="max"/>.</summary>
    public abstract FieldFound Integer(string name, long max, out long value);

    public abstract FieldFound Flag(string name, out bool value);

    public abstract FieldFound Number(string name, out double value);

    public abstract FieldFound Device();

    /// <summary>Reads a text of the device, which must be present, by its <see cref="DeviceField"/>.</summary>
    public abstract FieldFound DeviceText(int field, out string value);

    public virtual void Dispose() { }
}

/// <summary>A label in JSON.</summary>
internal sealed class JsonLabelFields : LabelFields
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = EventLimits.MaxDepth };

    private readonly JsonDocument _document;

    private JsonLabelFields(JsonDocument document) => _document = document;

    /// <summary>Parses a label; null if the text isn't a single JSON object in UTF-8.</summary>
    public static JsonLabelFields? Read(byte[] value)
    {
        if (!Utf8.IsValid(value))
        {
            return null;
        }

        try
        {
            var document = JsonDocument.Parse(value, Options);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return new JsonLabelFields(document);
            }

            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public override FieldFound Text(string name, out string value) =>
        TextOf(Find(_document.RootElement, name), numbersToo: false, out value);

    public override FieldFound Integer(string name, long max, out long value)
    {
        value = 0;
        if (Find(_document.RootElement, name) is not { } member)
        {
            return FieldFound.Absent;
        }

        if (member.ValueKind != JsonValueKind.Number)
        {
            return Unfit(member);
        }

        if (member.TryGetInt64(out value))
        {
            return value >= 0 && value <= max ? FieldFound.There : FieldFound.OutOfRange;
        }

        return member.GetRawText().AsSpan().ContainsAny(".eE") ? FieldFound.WrongType : FieldFound.OutOfRange;
    }

    public override FieldFound Flag(string name, out bool value)
    {
        value = false;
        if (Find(_document.RootElement, name) is not { } member)
        {
            return FieldFound.Absent;
        }

        value = member.ValueKind == JsonValueKind.True;
        return value || member.ValueKind == JsonValueKind.False ? FieldFound.There : Unfit(member);
    }

    public override FieldFound Number(string name, out double value)
    {
        value = 0;
        if (Find(_document.RootElement, name) is not { } member)
        {
            return FieldFound.Absent;
        }

        if (member.ValueKind != JsonValueKind.Number)
        {
            return Unfit(member);
        }

        return member.TryGetDouble(out value) ? FieldFound.There : FieldFound.OutOfRange;
    }

    public override FieldFound Device() =>
        Find(_document.RootElement, "device") is not { } device ? FieldFound.Absent
        : device.ValueKind == JsonValueKind.Object ? FieldFound.There
        : Unfit(device);

    public override FieldFound DeviceText(int field, out string value) =>
        TextOf(
            Find(Find(_document.RootElement, "device")!.Value, Fields.DeviceNames[field]),
            numbersToo: true,
            out value
        );

    public override void Dispose()
    {
        _document.Dispose();
        base.Dispose();
    }

    /// <summary>Finds the last member with a name.</summary>
    private static JsonElement? Find(JsonElement within, string name)
    {
        JsonElement? found = null;
        foreach (JsonProperty member in within.EnumerateObject())
        {
            try
            {
                if (member.NameEquals(name))
                {
                    found = member.Value;
                }
            }
            catch (InvalidOperationException)
            {
                // Half a surrogate pair: not a name that we know.
            }
        }
        return found;
    }

    private static FieldFound TextOf(JsonElement? member, bool numbersToo, out string value)
    {
        value = "";
        if (member is not { } text)
        {
            return FieldFound.Absent;
        }

        if (numbersToo && text.ValueKind == JsonValueKind.Number)
        {
            value = text.GetRawText();
            return FieldFound.There;
        }
        if (text.ValueKind != JsonValueKind.String)
        {
            return Unfit(text);
        }

        try
        {
            value = text.GetString()!;
            return FieldFound.There;
        }
        catch (InvalidOperationException)
        {
            return FieldFound.NoText;
        }
    }

    private static FieldFound Unfit(JsonElement member) =>
        member.ValueKind == JsonValueKind.Null ? FieldFound.Absent : FieldFound.WrongType;
}

/// <summary>A label in Protobuf.</summary>
internal sealed class ProtobufLabelFields : LabelFields
{
    private readonly Event _event;

    private ProtobufLabelFields(Event e) => _event = e;

    /// <summary>Parses a label; null if the value isn't an event.</summary>
    public static ProtobufLabelFields? Read(byte[] value)
    {
        try
        {
            return new ProtobufLabelFields(Event.Parser.ParseFrom(value));
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    public override FieldFound Text(string name, out string value)
    {
        bool has;
        (has, value) = name switch
        {
            "type" => (_event.HasType, _event.Type),
            "ip" => (_event.HasIp, _event.Ip),
            "publisher" => (_event.HasPublisher, _event.Publisher),
            "placement" => (_event.HasPlacement, _event.Placement),
            "campaign" => (_event.HasCampaign, _event.Campaign),
            "click" => (_event.HasClick, _event.Click),
            "source" => (_event.HasSource, _event.Source),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "a label has no text field with this name"),
        };
        return Found(has);
    }

    /// <summary>Reads the time, a label's only integer.</summary>
    public override FieldFound Integer(string name, long max, out long value)
    {
        value = _event.Time;
        return _event.HasTime && (value < 0 || value > max) ? FieldFound.OutOfRange : Found(_event.HasTime);
    }

    /// <summary>Reads <c>valid</c>, a label's only flag.</summary>
    public override FieldFound Flag(string name, out bool value)
    {
        value = _event.Valid;
        return Found(_event.HasValid);
    }

    /// <summary>Reads the weight, a label's only fractional number.</summary>
    public override FieldFound Number(string name, out double value)
    {
        value = _event.Weight;
        return Found(_event.HasWeight);
    }

    public override FieldFound Device() => Found(_event.Device != null);

    public override FieldFound DeviceText(int field, out string value)
    {
        Device device = _event.Device;
        bool has;
        (has, value) = (DeviceField)field switch
        {
            DeviceField.Make => (device.HasMake, device.Make),
            DeviceField.Model => (device.HasModel, device.Model),
            DeviceField.Os => (device.HasOs, device.Os),
            DeviceField.Osv => (device.HasOsv, device.Osv),
            DeviceField.Carrier => (device.HasCarrier, device.Carrier),
            DeviceField.ConnectionType => (device.HasConnectiontype, device.Connectiontype),
            _ => (device.HasLanguage, device.Language),
        };
        return Found(has);
    }

    private static FieldFound Found(bool has) => has ? FieldFound.There : FieldFound.Absent;
}
