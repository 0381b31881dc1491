using System.Buffers.Binary;
using Engine.Contracts;

namespace Engine.Pipeline.Decode;

/// <summary>Decodes events of <c>interactions</c> from Protobuf (Contracts/Protobuf/events.proto) without allocating
/// objects. Field numbers are those of <see cref="Field"/> plus one. As in proto3, the last occurrence of a scalar
/// counts and unknown fields are skipped. Types and ranges follow the same rules as for JSON; text that isn't UTF-8 is
/// malformed. One decoder per lane; not thread-safe.</summary>
public sealed unsafe class ProtobufEventDecoder(EventArena arena)
{
    private const int Varint = 0,
        Fixed64 = 1,
        Delimited = 2,
        Fixed32 = 5;

    private FieldState _state;
    private double _lastPointTime;
    private bool _pointsInRange;
    private int _viewportNumbers;

    /// <summary>The field whose points are kept: the one that came first, until the type says which one
    /// counts.</summary>
    private Field _kept;

    /// <summary>Decodes one value. Texts of <paramref name="e"/> point into the value.</summary>
    public DecodeError Decode(byte* value, int length, ref InteractionEvent e, in CloudEvent headers)
    {
        e = default;
        if (length > EventLimits.MaxValueBytes)
        {
            return new DecodeError(DeadLetterReason.TooLarge, $"{length} bytes");
        }

        _state = default;
        (_lastPointTime, _pointsInRange, _viewportNumbers, _kept) = (double.NegativeInfinity, true, 0, Field.Unknown);
        int points = arena.Points;
        e.PathStart = points;
        if (length == 0 || !Message(value, value + length, ref e))
        {
            arena.Points = points;
            return new DecodeError(DeadLetterReason.Malformed, "not a Protobuf event");
        }
        _state.ApplyHeaders(headers, ref e);
        KeepPointsOf(
            e.Type == EventType.Click ? Field.Path
                : e.Type == EventType.CursorPath ? Field.Points
                : Field.Unknown,
            value,
            value + length,
            ref e
        );
        if (!_pointsInRange || e.PathCount > EventLimits.MaxPathPoints)
        {
            _state.Range(_kept);
            e.PathCount = 0;
            arena.Points = points;
        }
        e.HasPosition = _state.Has(Field.X) && _state.Has(Field.Y);
        if (_viewportNumbers > 0)
        {
            e.HasViewport = true;
            if (_viewportNumbers != 2 || !IsWhole(e.ViewportWidth) || !IsWhole(e.ViewportHeight))
            {
                _state.Wrong(Field.Viewport);
            }
            else if (
                !(
                    e.ViewportWidth >= 0
                    && e.ViewportWidth <= EventLimits.MaxMagnitude
                    && e.ViewportHeight >= 0
                    && e.ViewportHeight <= EventLimits.MaxMagnitude
                )
            )
            {
                _state.Range(Field.Viewport);
            }
        }
        return _state.Check(e.Type);
    }

    /// <summary>If the points kept don't belong to this type of event, reads the message again for those that
    /// do.</summary>
    private void KeepPointsOf(Field field, byte* at, byte* end, ref InteractionEvent e)
    {
        if (_kept == field || _kept == Field.Unknown)
        {
            return;
        }

        arena.Points = e.PathStart;
        (e.PathCount, _lastPointTime, _pointsInRange, _kept) = (0, double.NegativeInfinity, true, field);
        while (field != Field.Unknown && at < end)
        {
            Text text = default;
            ulong bits = 0;
            if (!Tag(ref at, end, out int number, out int wire) || !Payload(ref at, end, wire, ref bits, ref text))
            {
                return;
            }

            if (number == (int)field + 1 && wire == Delimited)
            {
                Point(field, text, ref e);
            }
        }
    }

    private bool Message(byte* at, byte* end, ref InteractionEvent e)
    {
        while (at < end)
        {
            if (!Tag(ref at, end, out int number, out int wire))
            {
                return false;
            }

            Text text = default;
            ulong bits = 0;
            if (!Payload(ref at, end, wire, ref bits, ref text))
            {
                return false;
            }

            if (number > (int)Field.Unknown)
            {
                continue;
            }

            var field = (Field)(number - 1);
            if (field is Field.Points or Field.Path or Field.Viewport or Field.Device)
            {
                _state.SeeMore(field);
            }
            else
            {
                _state.See(field);
            }

            if (wire != WireOf(field) && !(field == Field.Viewport && wire == Fixed64))
            {
                _state.Wrong(field);
            }
            else if (!Member(field, text, bits, wire, ref e))
            {
                return false;
            }
        }
        return true;
    }

    private static int WireOf(Field field) =>
        field switch
        {
            Field.Time or Field.CostMicros or Field.ExpectsPath or Field.Attempts or Field.LatencyMs => Varint,
            Field.X or Field.Y => Fixed64,
            _ => Delimited,
        };

    private bool Member(Field field, Text text, ulong bits, int wire, ref InteractionEvent e)
    {
        switch (field)
        {
            case Field.Type:
                e.Type = EventTypes.Of(text.Span);
                return IsUtf8(text);
            case Field.Id:
                return Identifier(field, text, ref e.Id);
            case Field.Click:
                return Identifier(field, text, ref e.Click);
            case Field.Visitor:
                return Identifier(field, text, ref e.Visitor);
            case Field.Publisher:
                return Identifier(field, text, ref e.Publisher);
            case Field.Placement:
                return Identifier(field, text, ref e.Placement);
            case Field.Campaign:
                return Identifier(field, text, ref e.Campaign);
            case Field.Advertiser:
                return Identifier(field, text, ref e.Advertiser);
            case Field.Ua:
                e.Ua = text;
                return IsUtf8(text);
            case Field.Page:
                e.Page = text;
                return IsUtf8(text);
            case Field.Referrer:
                e.Referrer = text;
                return IsUtf8(text);
            case Field.Target:
                e.Target = text;
                return IsUtf8(text);
            case Field.Ip:
                e.Ip = text;
                e.HasIp = IpAddress.TryParse(text.Span, out e.Address);
                if (!e.HasIp)
                {
                    _state.Range(field);
                }

                return IsUtf8(text);
            case Field.Time:
                Integer(field, bits, EventLimits.MaxTime, out e.Time);
                return true;
            case Field.CostMicros:
                Integer(field, bits, EventLimits.MaxCostMicros, out e.CostMicros);
                return true;
            case Field.LatencyMs:
                Integer(field, bits, EventLimits.MaxCount, out e.LatencyMs);
                return true;
            case Field.Attempts:
                Integer(field, bits, EventLimits.MaxCount, out long attempts);
                e.Attempts = (int)attempts;
                return true;
            case Field.ExpectsPath:
                e.ExpectsPath = bits != 0;
                return true;
            case Field.X:
                Number(field, bits, out e.X);
                return true;
            case Field.Y:
                Number(field, bits, out e.Y);
                return true;
            case Field.Pointer:
                if (!EventTypes.TryPointer(text.Span, out e.Pointer))
                {
                    _state.Range(field);
                }

                return IsUtf8(text);
            case Field.Outcome:
                if (!EventTypes.TryOutcome(text.Span, out e.Outcome))
                {
                    _state.Range(field);
                }

                return IsUtf8(text);
            case Field.Viewport:
                return Viewport(text, bits, wire, ref e);
            case Field.Device:
                return Device(text, ref e);
            default:
                if (_kept == Field.Unknown)
                {
                    _kept = field;
                }

                return Point(field, text, ref e);
        }
    }

    private bool Identifier(Field field, Text text, ref Text into)
    {
        into = text;
        if (!JsonStrings.IsIdentifier(text.Start, text.Length, text.Start + text.Length))
        {
            _state.Range(field);
        }

        return IsUtf8(text);
    }

    private static bool IsUtf8(Text text) => JsonStrings.IsUtf8(text.Start, text.Length);

    private void Integer(Field field, ulong bits, long max, out long value)
    {
        value = (long)bits;
        if (value < 0 || value > max)
        {
            _state.Range(field);
        }
    }

    private void Number(Field field, ulong bits, out double value)
    {
        value = BitConverter.UInt64BitsToDouble(bits);
        if (!(Math.Abs(value) <= EventLimits.MaxMagnitude))
        {
            _state.Range(field);
        }
    }

    /// <summary>Reads packed numbers as proto3 writes them, or single numbers from old writers.</summary>
    private bool Viewport(Text text, ulong bits, int wire, ref InteractionEvent e)
    {
        if (wire == Fixed64)
        {
            AddViewport(BitConverter.UInt64BitsToDouble(bits), ref e);
            return true;
        }
        if (text.Length % 8 != 0)
        {
            return false;
        }

        for (int i = 0; i < text.Length; i += 8)
        {
            AddViewport(BinaryPrimitives.ReadDoubleLittleEndian(text.Span[i..]), ref e);
        }

        return true;
    }

    /// <summary>Whether JSON would write a number in digits only. An infinity or NaN is out of range, not of the wrong
    /// type.</summary>
    private static bool IsWhole(double number) => !double.IsFinite(number) || number == Math.Floor(number);

    private void AddViewport(double value, ref InteractionEvent e)
    {
        if (_viewportNumbers == 0)
        {
            e.ViewportWidth = value;
        }
        else
        {
            e.ViewportHeight = value;
        }

        _viewportNumbers++;
    }

    private bool Device(Text text, ref InteractionEvent e)
    {
        byte* at = text.Start,
            end = text.Start + text.Length;
        while (at < end)
        {
            Text value = default;
            ulong bits = 0;
            if (!Tag(ref at, end, out int number, out int wire) || !Payload(ref at, end, wire, ref bits, ref value))
            {
                return false;
            }

            if (number > Fields.DeviceNames.Length)
            {
                continue;
            }

            _state.SeeDevice(number - 1);
            if (wire != Delimited)
            {
                _state.WrongDevice(number - 1);
            }
            else if (!IsUtf8(value))
            {
                return false;
            }
            else if (value.Length > EventLimits.MaxDeviceBytes)
            {
                _state.DeviceRange(number - 1);
            }
            else
            {
                e.Device[number - 1] = value;
            }
        }
        return true;
    }

    private bool Point(Field field, Text text, ref InteractionEvent e)
    {
        byte* at = text.Start,
            end = text.Start + text.Length;
        double t = 0,
            x = 0,
            y = 0;
        while (at < end)
        {
            Text ignored = default;
            ulong bits = 0;
            if (!Tag(ref at, end, out int number, out int wire) || !Payload(ref at, end, wire, ref bits, ref ignored))
            {
                return false;
            }

            if (number > 3)
            {
                continue;
            }

            if (wire != Fixed64)
            {
                _state.Wrong(field);
                continue;
            }
            double value = BitConverter.UInt64BitsToDouble(bits);
            if (number == 1)
            {
                t = value;
            }
            else if (number == 2)
            {
                x = value;
            }
            else
            {
                y = value;
            }
        }
        if (field != _kept)
        {
            return true;
        }

        _pointsInRange &= PathPoint.InRange(t, x, y, _lastPointTime);
        _lastPointTime = t;
        if (e.PathCount++ < EventLimits.MaxPathPoints)
        {
            arena.AddPoint(t, x, y);
        }

        return true;
    }

    private static bool Tag(ref byte* at, byte* end, out int number, out int wire)
    {
        bool read = ReadVarint(ref at, end, out ulong tag);
        (number, wire) = ((int)(tag >> 3), (int)(tag & 7));
        return read && tag <= uint.MaxValue && number > 0;
    }

    private static bool Payload(ref byte* at, byte* end, int wire, ref ulong bits, ref Text text)
    {
        switch (wire)
        {
            case Varint:
                return ReadVarint(ref at, end, out bits);
            case Fixed64 when end - at >= 8:
                bits = BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(at, 8));
                at += 8;
                return true;
            case Fixed32 when end - at >= 4:
                at += 4;
                return true;
            case Delimited:
                if (!ReadVarint(ref at, end, out ulong length) || length > (ulong)(end - at))
                {
                    return false;
                }

                text = new Text(at, (int)length);
                at += length;
                return true;
            default:
                return false;
        }
    }

    private static bool ReadVarint(ref byte* at, byte* end, out ulong value)
    {
        value = 0;
        for (int shift = 0; shift < 70 && at < end; shift += 7)
        {
            byte b = *at++;
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return true;
            }
        }
        return false;
    }
}
