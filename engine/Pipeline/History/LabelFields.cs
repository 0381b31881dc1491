using System.Text.Json;
using System.Text.Unicode;
using Engine.Contracts;
using Engine.Contracts.Protobuf;
using Engine.Pipeline.Decode;
using Google.Protobuf;

namespace Engine.Pipeline.History;

/// <summary>How a field of a value was found.</summary>
internal enum FieldFound : byte
{
    Absent,
    WrongType,

    /// <summary>A string that holds half a surrogate pair.</summary>
    NoText,
    OutOfRange,
    There,
}

/// <summary>The fields of a label's value by name, whatever it is encoded in.</summary>
internal abstract class LabelFields : IDisposable
{
    public abstract FieldFound Text(string name, out string value);

    /// <summary>A whole number of 0 to <paramref name="most"/>.</summary>
    public abstract FieldFound Integer(string name, long most, out long value);

    public abstract FieldFound Flag(string name, out bool value);

    public abstract FieldFound Number(string name, out double value);

    public abstract FieldFound Device();

    /// <summary>A text of the device that is there, by its <see cref="DeviceField"/>.</summary>
    public abstract FieldFound DeviceText(int field, out string value);

    public virtual void Dispose() { }
}

/// <summary>A label in JSON.</summary>
internal sealed class JsonLabelFields : LabelFields
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = EventLimits.MaxDepth };

    private readonly JsonDocument _document;

    private JsonLabelFields(JsonDocument document) => _document = document;

    /// <summary>Null where the text isn't one JSON object in UTF-8.</summary>
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

    public override FieldFound Integer(string name, long most, out long value)
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
            return value >= 0 && value <= most ? FieldFound.There : FieldFound.OutOfRange;
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

    /// <summary>The last member of a name.</summary>
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
                // Half a surrogate pair: no name that we know.
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

    /// <summary>Null where the value is no event.</summary>
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
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no text of a label has this name"),
        };
        return Found(has);
    }

    /// <summary>A label's only whole number is its time.</summary>
    public override FieldFound Integer(string name, long most, out long value)
    {
        value = _event.Time;
        return _event.HasTime && (value < 0 || value > most) ? FieldFound.OutOfRange : Found(_event.HasTime);
    }

    /// <summary>A label's only flag is <c>valid</c>.</summary>
    public override FieldFound Flag(string name, out bool value)
    {
        value = _event.Valid;
        return Found(_event.HasValid);
    }

    /// <summary>A label's only number is its weight.</summary>
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
