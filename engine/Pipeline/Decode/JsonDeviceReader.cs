using Engine.Contracts;

namespace Engine.Pipeline.Decode;

/// <summary>Reads the field <c>device</c>: an object of strings and numbers, kept as spelled.</summary>
internal sealed unsafe class JsonDeviceReader(JsonFieldReader fields)
{
    public byte* Read(byte* at, ref InteractionEvent e)
    {
        fields.State.NewDevice();
        e.Device = default;
        if (*at != '{')
        {
            return fields.WrongType(at, Field.Device);
        }

        at = JsonScan.SkipSpace(at + 1, fields.End);
        if (at == fields.End)
        {
            return null;
        }

        if (*at == '}')
        {
            return at + 1;
        }

        while (true)
        {
            Text name = default;
            at = fields.String(at, ref name, out bool wellFormed);
            if (at == null)
            {
                return null;
            }

            at = JsonScan.SkipSpace(at, fields.End);
            if (at == fields.End || *at != ':')
            {
                return null;
            }

            at = JsonScan.SkipSpace(at + 1, fields.End);
            if (at == fields.End)
            {
                return null;
            }

            at = wellFormed ? Member(at, name, ref e) : fields.Skip(at, 2);
            if (at == null)
            {
                return null;
            }

            at = JsonScan.SkipSpace(at, fields.End);
            if (at == fields.End)
            {
                return null;
            }

            if (*at == '}')
            {
                return at + 1;
            }

            if (*at != ',')
            {
                return null;
            }

            at = JsonScan.SkipSpace(at + 1, fields.End);
        }
    }

    private byte* Member(byte* at, Text name, ref InteractionEvent e)
    {
        for (int i = 0; i < Fields.Utf8DeviceNames.Length; i++)
        {
            if (!name.Span.SequenceEqual(Fields.Utf8DeviceNames[i]))
            {
                continue;
            }

            byte* start = at;
            fields.State.SeeDevice(i);
            e.Device[i] = default;
            if (*at == '"')
            {
                Text text = default;
                at = fields.String(at, ref text, out bool wellFormed);
                if (!wellFormed)
                {
                    fields.State.BrokenDevice(i);
                }
                else if (text.Length > EventLimits.MaxDeviceBytes)
                {
                    fields.State.DeviceRange(i);
                }

                e.Device[i] = text;
                return at;
            }
            if (*at == '-' || (uint)(*at - '0') <= 9)
            {
                at = JsonNumbers.Number(at, fields.End, out _, out _, out _);
                if (at != null)
                {
                    e.Device[i] = new Text(start, (int)(at - start));
                }

                if (at - start > EventLimits.MaxDeviceBytes)
                {
                    fields.State.DeviceRange(i);
                }

                return at;
            }
            if (*at != 'n')
            {
                fields.State.WrongDevice(i);
            }

            break;
        }
        return fields.Skip(at, 2);
    }
}
