using System.Text;
using Engine.Contracts;
using Engine.Pipeline.Decode;

namespace Engine.Pipeline.History;

/// <summary>
/// What the headers of a record say of its value: how it is encoded, and CloudEvents' type and time, which win over the
/// payload's.
/// </summary>
/// <param name="Type">Null where no header says it.</param>
/// <param name="Time">ms since the epoch; null where no header says it.</param>
/// <param name="TimeIsWrong">Whether the header is there and no time.</param>
public readonly record struct LabelHeaders(
    ValueEncoding Encoding,
    string? Type = null,
    long? Time = null,
    bool TimeIsWrong = false
);

/// <summary>
/// Decodes events of <c>labels</c>. Labels are few beside clicks, so this is plain code over JsonDocument and the
/// generated Protobuf type, by the rules of the other events: fields are judged in the order of events.proto, of
/// members with one name the last holds, null is absence. Protobuf's generated reader skips a field of another wire
/// type, which is then missing.
/// </summary>
public static class LabelDecoder
{
    /// <summary>Decodes one value; the label is null where there is an error. Never throws.</summary>
    public static DecodeError Decode(byte[]? value, in LabelHeaders headers, out LabelEvent? label)
    {
        label = null;
        int length = value?.Length ?? 0;
        if (length > EventLimits.MaxValueBytes)
        {
            return new DecodeError(DeadLetterReason.TooLarge, $"{length} bytes");
        }

        bool isProtobuf = headers.Encoding == ValueEncoding.Protobuf;
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
            DecodeError error = Judge(fields, headers, out LabelEvent found);
            if (!error.IsError)
            {
                label = found;
            }

            return error;
        }
    }

    private static DecodeError Judge(LabelFields fields, in LabelHeaders headers, out LabelEvent label)
    {
        var judge = new Judgement(fields);
        string type = headers.Type ?? judge.Text("type", required: true, static _ => true);
        if (!judge.Error.IsError && type != "label")
        {
            judge.Fail(DeadLetterReason.UnknownType, "type");
        }

        long time = headers.TimeIsWrong ? judge.Fail(DeadLetterReason.WrongType, "time") : headers.Time ?? judge.Time();
        string ip = judge.Text("ip", required: false, static text => IpAddress.TryParse(text, out _));
        string publisher = judge.Text("publisher", required: false, Identifier.IsOne),
            campaign = judge.Text("campaign", required: false, Identifier.IsOne);
        string click = judge.Text("click", required: true, Identifier.IsOne),
            placement = judge.Text("placement", required: false, Identifier.IsOne);
        string[] device = judge.Device();
        bool valid = judge.Flag("valid");
        string source = judge.Text("source", required: true, Identifier.IsOne);
        double weight = judge.Weight();
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
        return judge.Error;
    }

    /// <summary>Asks for fields one after the other; the first error is the one that is told.</summary>
    private sealed class Judgement(LabelFields fields)
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
            if (found == FieldFound.There && !(value >= 0 && value <= LabelEvent.MaxWeight))
            {
                found = FieldFound.OutOfRange;
            }

            return IsThere("weight", found, required: false) ? value : 1;
        }

        /// <summary>Texts by <see cref="DeviceField"/>.</summary>
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
            else if (found == FieldFound.WrongType || (found == FieldFound.Null && required))
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
