using System.Runtime.CompilerServices;
using Engine.Contracts;

namespace Engine.Pipeline.Decode;

/// <summary>
/// What a decoder has seen of one event, and the judgement on it. Types may come last in the text, so errors are kept by field until it is
/// known which fields mean something.
/// </summary>
internal struct FieldState
{
    public uint Seen, WrongType, OutOfRange;
    private string? _device;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void See(Field field)
    {
        uint bit = Fields.Bit(field);
        Seen |= bit;
        // Of two members with one name the last holds, and so does its error.
        WrongType &= ~bit;
        OutOfRange &= ~bit;
    }

    public void Wrong(Field field) => WrongType |= Fields.Bit(field);

    public void Range(Field field) => OutOfRange |= Fields.Bit(field);

    public void Device(int name, bool wrongType)
    {
        _device ??= Fields.DevicePaths[name];
        if (wrongType) Wrong(Field.Device);
        else Range(Field.Device);
    }

    /// <summary>CloudEvents' headers win over the payload's fields.</summary>
    public unsafe void Take(in CloudEvent headers, ref InteractionEvent e)
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
            if (!JsonScan.IsIdentifier(e.Id.Start, e.Id.Length, e.Id.Start + e.Id.Length)) Range(Field.Id);
        }
        if (headers.TimeIsWrong)
        {
            See(Field.Time);
            Wrong(Field.Time);
        }
        else if (headers.Time >= 0)
        {
            See(Field.Time);
            e.Time = headers.Time;
        }
    }

    /// <summary>What keeps the event from being used, the type first, then the fields in their order.</summary>
    public readonly DecodeError Judge(EventType type)
    {
        if ((Seen & Fields.Bit(Field.Type)) == 0) return new DecodeError(DeadLetterReason.MissingField, "type");
        if ((WrongType & Fields.Bit(Field.Type)) != 0) return new DecodeError(DeadLetterReason.WrongType, "type");
        if (type == EventType.Unknown) return new DecodeError(DeadLetterReason.UnknownType, "type");
        uint known = Fields.Known(type), required = Fields.Required(type);
        uint missing = required & ~Seen, wrong = known & WrongType, range = known & OutOfRange;
        uint any = missing | wrong | range;
        if (any == 0) return default;
        int field = System.Numerics.BitOperations.TrailingZeroCount(any);
        uint bit = 1u << field;
        string detail = field == (int)Field.Device && _device != null ? _device : Fields.Names[field];
        return new DecodeError((missing & bit) != 0 ? DeadLetterReason.MissingField : (wrong & bit) != 0 ? DeadLetterReason.WrongType : DeadLetterReason.OutOfRange, detail);
    }
}
