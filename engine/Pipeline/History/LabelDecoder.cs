using System.Text;
using Engine.Contracts;
using Engine.Contracts.Events;
using Engine.Pipeline.Decode;

namespace Engine.Pipeline.History;

/// <summary>Decodes events of <c>labels</c>. Labels are rare compared with clicks, so this is simple code over
/// JsonDocument and the generated Protobuf type. It follows the rules of the other events: fields are checked in the
/// order of events.proto, the last of several members with one name counts, and null means absent. Protobuf's generated
/// reader skips a field with the wrong wire type, which then counts as missing.</summary>
public static class LabelDecoder
{
    /// <summary>Decodes one value. The label is null if there is an error. Never throws.</summary>
    public static DecodeError Decode(byte[]? value, in EventHeaders headers, out LabelEvent? label)
    {
        label = null;
        int length = value?.Length ?? 0;
        if (length > EventLimits.MaxValueBytes)
        {
            return new DecodeError(DeadLetterReason.TooLarge, $"{length} bytes");
        }

        bool isProtobuf = headers.IsProtobuf;
        LabelFields? fields =
            length == 0 ? null
            : isProtobuf ? ProtobufLabelFields.Read(value!)
            : JsonLabelFields.Read(value!);
        if (fields == null)
        {
            return new DecodeError(
                DeadLetterReason.Malformed,
                isProtobuf ? "not a Protobuf event" : "not one JSON object"
            );
        }

        using (fields)
        {
            DecodeError error = Check(fields, headers, out LabelEvent found);
            if (!error.IsError)
            {
                label = found;
            }

            return error;
        }
    }

    private static DecodeError Check(LabelFields fields, in EventHeaders headers, out LabelEvent label)
    {
        var check = new LabelCheck(fields);
        string type = headers.Type ?? check.Text("type", required: true, static _ => true);
        if (!check.Error.IsError && type != LabelSchemas.Label.Type)
        {
            check.Fail(DeadLetterReason.UnknownType, "type");
        }

        long time =
            !headers.Time.IsThere ? check.Time()
            : headers.Time.Problem != DeadLetterReason.None ? check.Fail(headers.Time.Problem, HeaderTime.Detail)
            : headers.Time.Milliseconds;
        string ip = check.Text("ip", required: false, static text => IpAddress.TryParse(text, out _));
        string publisher = check.Text("publisher", required: false, Identifier.IsOne),
            campaign = check.Text("campaign", required: false, Identifier.IsOne);
        string click = check.Text("click", required: true, Identifier.IsOne),
            placement = check.Text("placement", required: false, Identifier.IsOne);
        string[] device = check.Device();
        bool valid = check.Flag("valid");
        string source = check.Text("source", required: true, Identifier.IsOne);
        double weight = check.Weight();
        label = new LabelEvent
        {
            Click = click,
            Time = time,
            Valid = valid,
            Source = source,
            Weight = weight,
            Publisher = publisher,
            Placement = placement,
            Campaign = campaign,
            Ip = ip.Length > 0 && IpAddress.TryParse(ip, out IpAddress address) ? address : null,
            Model = device[(int)DeviceField.Model],
            Os = device[(int)DeviceField.Os],
            OsVersion = device[(int)DeviceField.Osv],
            Make = device[(int)DeviceField.Make],
            Carrier = device[(int)DeviceField.Carrier],
            Connection = device[(int)DeviceField.ConnectionType],
            Language = device[(int)DeviceField.Language],
            IpText = ip,
        };
        return check.Error;
    }

    /// <summary>Reads fields one after another and keeps the first error.</summary>
    private sealed class LabelCheck(LabelFields fields)
    {
        public DecodeError Error { get; private set; }

        public long Fail(DeadLetterReason reason, string field)
        {
            if (!Error.IsError)
            {
                Error = new DecodeError(reason, field);
            }

            return 0;
        }

        public string Text(string name, bool required, Func<string, bool> isInRange)
        {
            FieldFound found = fields.Text(name, out string value);
            if (found == FieldFound.There && !isInRange(value))
            {
                found = FieldFound.OutOfRange;
            }

            return IsThere(name, found, required) ? value : "";
        }

        public long Time() =>
            IsThere("time", fields.Integer("time", EventLimits.MaxTime, out long value), required: true) ? value : 0;

        public bool Flag(string name) => IsThere(name, fields.Flag(name, out bool value), required: true) && value;

        public double Weight()
        {
            FieldFound found = fields.Number("weight", out double value);
            if (found == FieldFound.There && !(value >= 0 && value <= EventLimits.MaxLabelWeight))
            {
                found = FieldFound.OutOfRange;
            }

            return IsThere("weight", found, required: false) ? value : 1;
        }

        /// <summary>Reads the device's texts, by <see cref="DeviceField"/>.</summary>
        public string[] Device()
        {
            var texts = new string[Fields.DeviceNames.Length];
            Array.Fill(texts, "");
            if (!IsThere("device", fields.Device(), required: false))
            {
                return texts;
            }

            for (int i = 0; i < texts.Length; i++)
            {
                FieldFound found = fields.DeviceText(i, out string value);
                if (found == FieldFound.There && Encoding.UTF8.GetByteCount(value) > EventLimits.MaxDeviceBytes)
                {
                    found = FieldFound.OutOfRange;
                }

                if (IsThere(Fields.DevicePaths[i], found, required: false))
                {
                    texts[i] = value;
                }
            }
            return texts;
        }

        private bool IsThere(string name, FieldFound found, bool required)
        {
            if (found == FieldFound.There)
            {
                return true;
            }

            if (found == FieldFound.OutOfRange)
            {
                Fail(DeadLetterReason.OutOfRange, name);
            }
            else if (found == FieldFound.NoText)
            {
                Fail(DeadLetterReason.Malformed, name);
            }
            else if (found == FieldFound.WrongType)
            {
                Fail(DeadLetterReason.WrongType, name);
            }
            else if (required)
            {
                Fail(DeadLetterReason.MissingField, name);
            }

            return false;
        }
    }
}
