using System.Runtime.CompilerServices;
using Engine.Contracts;

namespace Engine.Pipeline.Decode;

/// <summary>Reads the values of an event's fields: texts, words and numbers. It records errors in <see cref="State"/>
/// and continues after the value. Methods return null if the text isn't JSON.</summary>
internal sealed unsafe class JsonFieldReader(EventArena arena)
{
    /// <summary>The end of the event.</summary>
    public byte* End;

    /// <summary>Whether any byte was over 127, so that the text must be checked as UTF-8.</summary>
    public bool Wide;

    public FieldState State;

    /// <summary>Starts reading an event.</summary>
    public void Begin(byte* end)
    {
        End = end;
        Wide = false;
        State = default;
    }

    /// <summary>Reads a string and removes its escapes; not well-formed if it has half a surrogate pair.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* String(byte* at, ref Text text, out bool wellFormed)
    {
        wellFormed = true;
        if (at == End || *at != '"')
        {
            return null;
        }

        bool escaped = false;
        byte* start = at + 1;
        at = JsonStrings.String(start, End, ref escaped, ref Wide);
        if (at == null)
        {
            return null;
        }

        text = new Text(start, (int)(at - 1 - start));
        if (escaped)
        {
            Unescape(ref text, out wellFormed);
        }

        return at;
    }

    public byte* String(byte* at, Field field, ref Text text)
    {
        if (*at != '"')
        {
            return WrongType(at, field);
        }

        at = String(at, ref text, out bool wellFormed);
        if (!wellFormed)
        {
            State.Broken(field);
        }

        return at;
    }

    public byte* Identifier(byte* at, Field field, ref Text text)
    {
        if (*at != '"')
        {
            return WrongType(at, field);
        }

        int length = JsonStrings.ShortIdentifier(at + 1, End);
        if (length > 0)
        {
            text = new Text(at + 1, length);
            return at + length + 2;
        }
        at = String(at, ref text, out bool wellFormed);
        if (at == null)
        {
            return null;
        }
        // A text that had escapes is in the arena, whose end isn't known here. Reads of 32 bytes are safe only within
        // the message.
        byte* readable = text.Start + text.Length == at - 1 ? End : text.Start + text.Length;
        if (!wellFormed)
        {
            State.Broken(field);
        }
        else if (!JsonStrings.IsIdentifier(text.Start, text.Length, readable))
        {
            State.Range(field);
        }

        return at;
    }

    public byte* Ip(byte* at, ref InteractionEvent e)
    {
        if (*at != '"')
        {
            return WrongType(at, Field.Ip);
        }

        at = String(at, ref e.Ip, out bool wellFormed);
        if (at == null)
        {
            return null;
        }

        e.HasIp = wellFormed && IpAddress.TryParse(e.Ip.Span, out e.Address);
        if (!wellFormed)
        {
            State.Broken(Field.Ip);
        }
        else if (!e.HasIp)
        {
            State.Range(Field.Ip);
        }

        return at;
    }

    public byte* TypeOf(byte* at, ref EventType type)
    {
        if (*at != '"')
        {
            return WrongType(at, Field.Type);
        }

        Text text = default;
        at = String(at, ref text, out bool wellFormed);
        if (!wellFormed)
        {
            State.Broken(Field.Type);
        }

        type = EventTypes.Of(text.Span);
        return at;
    }

    public byte* PointerOf(byte* at, ref Pointer pointer)
    {
        if (*at != '"')
        {
            return WrongType(at, Field.Pointer);
        }

        Text text = default;
        at = String(at, ref text, out bool wellFormed);
        if (!wellFormed)
        {
            State.Broken(Field.Pointer);
        }
        else if (!EventTypes.TryPointer(text.Span, out pointer))
        {
            State.Range(Field.Pointer);
        }

        return at;
    }

    public byte* OutcomeOf(byte* at, ref Outcome outcome)
    {
        if (*at != '"')
        {
            return WrongType(at, Field.Outcome);
        }

        Text text = default;
        at = String(at, ref text, out bool wellFormed);
        if (!wellFormed)
        {
            State.Broken(Field.Outcome);
        }
        else if (!EventTypes.TryOutcome(text.Span, out outcome))
        {
            State.Range(Field.Outcome);
        }

        return at;
    }

    public byte* Boolean(byte* at, Field field, ref bool value)
    {
        byte* after = JsonScan.Literal(at, End, "true"u8);
        value = after != null;
        after = value ? after : JsonScan.Literal(at, End, "false"u8);
        return after != null ? after : WrongType(at, field);
    }

    public byte* Integer(byte* at, Field field, long min, long max, ref long value)
    {
        if (*at != '-' && (uint)(*at - '0') > 9)
        {
            return WrongType(at, field);
        }

        byte* start = at;
        at = JsonNumbers.Number(at, End, out _, out long integer, out bool isInteger);
        if (at == null)
        {
            return null;
        }

        if (!isInteger && !JsonNumbers.IsDigits(start, at))
        {
            State.Wrong(field);
        }
        else if (!isInteger || integer < min || integer > max)
        {
            State.Range(field);
        }

        value = integer;
        return at;
    }

    public byte* Number(byte* at, Field field, double min, ref double value)
    {
        if (*at != '-' && (uint)(*at - '0') > 9)
        {
            return WrongType(at, field);
        }

        at = JsonNumbers.Number(at, End, out value, out _, out _);
        if (at != null && !(value >= min && value <= EventLimits.MaxMagnitude))
        {
            State.Range(field);
        }

        return at;
    }

    public byte* WrongType(byte* at, Field field)
    {
        State.Wrong(field);
        return Skip(at, 1);
    }

    private void Unescape(ref Text text, out bool wellFormed)
    {
        byte* into = arena.Take(text.Length);
        int length = JsonStrings.Unescape(text.Start, text.Start + text.Length, into);
        wellFormed = length >= 0;
        text = new Text(into, Math.Max(length, 0));
    }

    /// <summary>Skips a value. <paramref name="depth"/> is the number of containers around it.</summary>
    public byte* Skip(byte* at, int depth) => JsonScan.Skip(at, End, depth, ref Wide);
}
