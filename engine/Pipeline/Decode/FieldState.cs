using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Contracts;
using Engine.Contracts.Events;

namespace Engine.Pipeline.Decode;

/// <summary>The fields that a decoder has seen in one event, and their errors. The type may come last in the text, so
/// errors are kept by field until it is known which fields matter.</summary>
internal struct FieldState
{
    public uint Seen,
        WrongType,
        OutOfRange,
        NoText,
        Null;
    private uint _deviceWrongType,
        _deviceOutOfRange,
        _deviceNoText;
    private bool _timeIsHeaders;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void See(Field field)
    {
        uint bit = Fields.Bit(field);
        if ((Seen & bit) != 0)
        {
            ClearErrors(bit);
        }

        Seen |= bit;
    }

    /// <summary>Of two members with one name the last counts, and so does its error.</summary>
    private void ClearErrors(uint bit)
    {
        WrongType &= ~bit;
        OutOfRange &= ~bit;
        NoText &= ~bit;
        Null &= ~bit;
    }

    /// <summary>Marks another element of a repeated field; errors of earlier elements remain.</summary>
    public void SeeMore(Field field) => Seen |= Fields.Bit(field);

    /// <summary>Marks a field as null, which counts as absent.</summary>
    public void SetNull(Field field)
    {
        See(field);
        Null |= Fields.Bit(field);
    }

    /// <summary>Whether a field is present with a value.</summary>
    public readonly bool Has(Field field) => (Seen & ~Null & Fields.Bit(field)) != 0;

    public void Wrong(Field field) => WrongType |= Fields.Bit(field);

    public void Range(Field field) => OutOfRange |= Fields.Bit(field);

    /// <summary>Marks a string with half a surrogate pair.</summary>
    public void Broken(Field field) => NoText |= Fields.Bit(field);

    /// <summary>Starts a device, which replaces an earlier one.</summary>
    public void NewDevice() => (_deviceWrongType, _deviceOutOfRange, _deviceNoText) = (0, 0, 0);

    public void SeeDevice(int name)
    {
        _deviceWrongType &= ~(1u << name);
        _deviceOutOfRange &= ~(1u << name);
        _deviceNoText &= ~(1u << name);
    }

    public void WrongDevice(int name) => _deviceWrongType |= 1u << name;

    public void DeviceRange(int name) => _deviceOutOfRange |= 1u << name;

    public void BrokenDevice(int name) => _deviceNoText |= 1u << name;

    /// <summary>Applies CloudEvents headers, which override the payload's fields.</summary>
    public unsafe void ApplyHeaders(in CloudEvent headers, ref InteractionEvent e)
    {
        if (headers.Type.Length > 0)
        {
            See(Field.Type);
            e.Type = EventTypes.Of(headers.Type.Span);
        }
        if (headers.Id.Length > 0)
        {
            See(Field.Id);
            e.Id = headers.Id;
            if (!JsonStrings.IsIdentifier(e.Id.Start, e.Id.Length, e.Id.Start + e.Id.Length))
            {
                Range(Field.Id);
            }
        }
        if (headers.Time.IsThere)
        {
            See(Field.Time);
            _timeIsHeaders = true;
            e.Time = headers.Time.Milliseconds;
            if (headers.Time.Problem == DeadLetterReason.Malformed)
            {
                Broken(Field.Time);
            }
            else if (headers.Time.Problem == DeadLetterReason.OutOfRange)
            {
                Range(Field.Time);
            }
        }
    }

    /// <summary>Returns the error that makes the event unusable, if any: the type's first, then the fields' in
    /// order.</summary>
    public readonly DecodeError Check(EventType type)
    {
        if (!Has(Field.Type))
        {
            return new DecodeError(DeadLetterReason.MissingField, "type");
        }

        if ((NoText & Fields.Bit(Field.Type)) != 0)
        {
            return new DecodeError(DeadLetterReason.Malformed, "type");
        }

        if ((WrongType & Fields.Bit(Field.Type)) != 0)
        {
            return new DecodeError(DeadLetterReason.WrongType, "type");
        }

        if (type == EventType.Unknown)
        {
            return new DecodeError(DeadLetterReason.UnknownType, "type");
        }

        uint known = Fields.Known(type),
            required = Fields.Required(type);
        uint missing = required & (~Seen | Null),
            broken = known & NoText,
            wrong = known & WrongType,
            range = known & OutOfRange;
        uint device =
            (_deviceWrongType | _deviceOutOfRange | _deviceNoText) != 0 ? known & Fields.Bit(Field.Device) : 0;
        uint any = missing | broken | wrong | range | device;
        if (any == 0)
        {
            return default;
        }

        int field = BitOperations.TrailingZeroCount(any);
        uint bit = 1u << field;
        if (((missing | broken | wrong | range) & bit) == 0)
        {
            return CheckDevice();
        }

        return new DecodeError(
            (missing & bit) != 0 ? DeadLetterReason.MissingField
                : (broken & bit) != 0 ? DeadLetterReason.Malformed
                : (wrong & bit) != 0 ? DeadLetterReason.WrongType
                : DeadLetterReason.OutOfRange,
            _timeIsHeaders && field == (int)Field.Time ? HeaderTime.Detail : Fields.Names[field]
        );
    }

    private readonly DecodeError CheckDevice()
    {
        int name = BitOperations.TrailingZeroCount(_deviceWrongType | _deviceOutOfRange | _deviceNoText);
        return new DecodeError(
            (_deviceNoText >> name & 1) != 0 ? DeadLetterReason.Malformed
                : (_deviceWrongType >> name & 1) != 0 ? DeadLetterReason.WrongType
                : DeadLetterReason.OutOfRange,
            Fields.DevicePaths[name]
        );
    }
}
