using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Engine.Contracts;

namespace Engine.Pipeline.Decode;

/// <summary>
/// Decodes events of <c>interactions</c> from JSON without objects and without strings. It knows the contract's names,
/// and learns which name follows which: a member whose name is the one that came next the last time (or the time
/// before) costs one comparison of 16 bytes, so streams of alternating shapes stay fast. One decoder a lane; not for
/// two threads. Equal to a plain Utf8JsonReader decoder on every input (JsonDecoderTests hold it against one).
/// </summary>
public sealed unsafe partial class JsonEventDecoder(EventArena arena)
{
    private const int Start = (int)Field.Unknown,
        Slots = Start + 1;

    /// <summary><c>,"name":</c> of each field, in as many bytes as its mask has, and how many these are.</summary>
    private static readonly Vector128<byte>[] Patterns = new Vector128<byte>[Slots];
    private static readonly Vector128<byte>[] Masks = new Vector128<byte>[Slots];
    private static readonly byte[] PatternLengths = new byte[Slots];

    private readonly byte[] _next = new byte[Slots],
        _afterNext = new byte[Slots];
    private byte* _end;
    private bool _wide;
    private FieldState _state;
    private (int Start, int Count) _points,
        _path;

    static JsonEventDecoder()
    {
        Span<byte> text = stackalloc byte[16],
            mask = stackalloc byte[16];
        for (int field = 0; field < (int)Field.Unknown; field++)
        {
            byte[] pattern = [(byte)',', (byte)'"', .. Fields.Utf8Names[field], (byte)'"', (byte)':'];
            if (pattern.Length > 16)
            {
                throw new InvalidOperationException(
                    $"the name of field '{Fields.Names[field]}' is too long for one comparison"
                );
            }

            text.Clear();
            mask.Clear();
            pattern.CopyTo(text);
            mask[..pattern.Length].Fill(0xFF);
            Patterns[field] = Vector128.Create<byte>(text);
            Masks[field] = Vector128.Create<byte>(mask);
            PatternLengths[field] = (byte)pattern.Length;
        }
    }

    /// <summary>Decodes one value. Texts of <paramref name="e"/> point into the value or into the arena.</summary>
    public DecodeError Decode(byte* value, int length, ref InteractionEvent e, in CloudEvent headers)
    {
        e = default;
        if (length > EventLimits.MaxValueBytes)
        {
            return new DecodeError(DeadLetterReason.TooLarge, $"{length} bytes");
        }

        _end = value + length;
        _wide = false;
        _state = default;
        _points = _path = default;
        int points = arena.Points;
        byte* at = Members(JsonScan.SkipSpace(value, _end), ref e);
        if (at == null || JsonScan.SkipSpace(at, _end) != _end || (_wide && !JsonScan.IsUtf8(value, length)))
        {
            arena.Points = points;
            return new DecodeError(DeadLetterReason.Malformed, "not one JSON object");
        }
        _state.Take(headers, ref e);
        // `points` mean nothing in a click, nor `path` in a cursor-path; which it is may be said last.
        (e.PathStart, e.PathCount) =
            e.Type == EventType.Click ? _path
            : e.Type == EventType.CursorPath ? _points
            : default;
        e.HasPosition = _state.Has(Field.X) && _state.Has(Field.Y);
        return _state.Judge(e.Type);
    }

    private byte* Members(byte* at, ref InteractionEvent e)
    {
        if (at == _end || *at != '{')
        {
            return null;
        }

        at = JsonScan.SkipSpace(at + 1, _end);
        if (at == _end)
        {
            return null;
        }

        if (*at == '}')
        {
            return at + 1;
        }

        int before = Start;
        at = NameInFull(at, before, out Field field);
        while (true)
        {
            if (at == null)
            {
                return null;
            }

            at = Member(at, field, ref e);
            if (at == null)
            {
                return null;
            }

            if (field != Field.Unknown)
            {
                before = (int)field;
            }

            if (Guess(ref at, before, out field))
            {
                continue;
            }

            at = JsonScan.SkipSpace(at, _end);
            if (at == _end)
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

            at = NameInFull(JsonScan.SkipSpace(at + 1, _end), before, out field);
        }
    }

    /// <summary>
    /// Reads a comma, a name and its colon, and the space behind, where the name is one of the two that came here
    /// before.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Guess(ref byte* at, int before, out Field field)
    {
        field = Field.Unknown;
        if (_end - at < 16)
        {
            return false;
        }

        Vector128<byte> text = Vector128.Load(at);
        int guess = _next[before];
        if ((text & Masks[guess]) != Patterns[guess])
        {
            guess = _afterNext[before];
            if ((text & Masks[guess]) != Patterns[guess])
            {
                return false;
            }
        }
        field = (Field)guess;
        at = JsonScan.SkipSpace(at + PatternLengths[guess], _end);
        return true;
    }

    private byte* NameInFull(byte* at, int before, out Field field)
    {
        field = Field.Unknown;
        Text name = default;
        at = String(at, ref name, out bool wellFormed);
        if (at == null)
        {
            return null;
        }

        at = JsonScan.SkipSpace(at, _end);
        if (at == _end || *at != ':')
        {
            return null;
        }

        if (wellFormed)
        {
            for (int i = 0; i < Fields.Utf8Names.Length; i++)
            {
                if (!name.Span.SequenceEqual(Fields.Utf8Names[i]))
                {
                    continue;
                }

                field = (Field)i;
                _afterNext[before] = _next[before];
                _next[before] = (byte)i;
                break;
            }
        }
        return JsonScan.SkipSpace(at + 1, _end);
    }

    private byte* Member(byte* at, Field field, ref InteractionEvent e)
    {
        if (field == Field.Unknown)
        {
            return JsonScan.Skip(at, _end, 1, ref _wide);
        }

        if (at == _end)
        {
            return null;
        }

        if (*at == 'n')
        {
            return Null(at, field, ref e);
        }

        _state.See(field);
        switch (field)
        {
            case Field.Type:
                return TypeOf(at, ref e.Type);
            case Field.Id:
                return Identifier(at, field, ref e.Id);
            case Field.Click:
                return Identifier(at, field, ref e.Click);
            case Field.Visitor:
                return Identifier(at, field, ref e.Visitor);
            case Field.Publisher:
                return Identifier(at, field, ref e.Publisher);
            case Field.Placement:
                return Identifier(at, field, ref e.Placement);
            case Field.Campaign:
                return Identifier(at, field, ref e.Campaign);
            case Field.Advertiser:
                return Identifier(at, field, ref e.Advertiser);
            case Field.Ip:
                return Ip(at, ref e);
            case Field.Ua:
                return String(at, field, ref e.Ua);
            case Field.Page:
                return String(at, field, ref e.Page);
            case Field.Referrer:
                return String(at, field, ref e.Referrer);
            case Field.Target:
                return String(at, field, ref e.Target);
            case Field.Time:
                return Integer(at, field, 0, EventLimits.MaxTime, ref e.Time);
            case Field.CostMicros:
                return Integer(at, field, 0, EventLimits.MaxCostMicros, ref e.CostMicros);
            case Field.LatencyMs:
                return Integer(at, field, 0, EventLimits.MaxCount, ref e.LatencyMs);
            case Field.Attempts:
                long attempts = 0;
                at = Integer(at, field, 0, EventLimits.MaxCount, ref attempts);
                e.Attempts = (int)attempts;
                return at;
            case Field.X:
                return Number(at, field, -EventLimits.MaxMagnitude, ref e.X);
            case Field.Y:
                return Number(at, field, -EventLimits.MaxMagnitude, ref e.Y);
            case Field.Pointer:
                return PointerOf(at, ref e.Pointer);
            case Field.Outcome:
                return OutcomeOf(at, ref e.Outcome);
            case Field.ExpectsPath:
                return Boolean(at, field, ref e.ExpectsPath);
            case Field.Viewport:
                return Viewport(at, ref e);
            case Field.Device:
                return Device(at, ref e);
            case Field.Path:
                return Points(at, field, ref _path);
            default:
                return Points(at, field, ref _points);
        }
    }

    /// <summary>null stands for a field that isn't there, whatever an earlier member of the name said.</summary>
    private byte* Null(byte* at, Field field, ref InteractionEvent e)
    {
        at = JsonScan.Literal(at, _end, "null"u8);
        if (at == null)
        {
            return null;
        }

        _state.Nothing(field);
        switch (field)
        {
            case Field.Ip:
                (e.Ip, e.HasIp) = (default, false);
                break;
            case Field.Ua:
                e.Ua = default;
                break;
            case Field.Visitor:
                e.Visitor = default;
                break;
            case Field.Placement:
                e.Placement = default;
                break;
            case Field.Advertiser:
                e.Advertiser = default;
                break;
            case Field.Page:
                e.Page = default;
                break;
            case Field.Referrer:
                e.Referrer = default;
                break;
            case Field.Target:
                e.Target = default;
                break;
            case Field.CostMicros:
                e.CostMicros = 0;
                break;
            case Field.Attempts:
                e.Attempts = 0;
                break;
            case Field.LatencyMs:
                e.LatencyMs = 0;
                break;
            case Field.Pointer:
                e.Pointer = Pointer.Unknown;
                break;
            case Field.ExpectsPath:
                e.ExpectsPath = false;
                break;
            case Field.Viewport:
                e.HasViewport = false;
                break;
            case Field.Path:
                _path = default;
                break;
            case Field.Device:
                _state.NewDevice();
                e.Device = default;
                break;
        }
        return at;
    }

    private byte* WrongType(byte* at, Field field)
    {
        _state.Wrong(field);
        return JsonScan.Skip(at, _end, 1, ref _wide);
    }

    /// <summary>A string, without its escapes; not well-formed where it holds half a surrogate pair.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* String(byte* at, ref Text text, out bool wellFormed)
    {
        wellFormed = true;
        if (at == _end || *at != '"')
        {
            return null;
        }

        bool escaped = false;
        byte* start = at + 1;
        at = JsonScan.String(start, _end, ref escaped, ref _wide);
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

    private void Unescape(ref Text text, out bool wellFormed)
    {
        byte* into = arena.Take(text.Length);
        int length = JsonScan.Unescape(text.Start, text.Start + text.Length, into);
        wellFormed = length >= 0;
        text = new Text(into, Math.Max(length, 0));
    }

    private byte* String(byte* at, Field field, ref Text text)
    {
        if (*at != '"')
        {
            return WrongType(at, field);
        }

        at = String(at, ref text, out bool wellFormed);
        if (!wellFormed)
        {
            _state.Broken(field);
        }

        return at;
    }

    private byte* Identifier(byte* at, Field field, ref Text text)
    {
        if (*at != '"')
        {
            return WrongType(at, field);
        }

        int length = JsonScan.ShortIdentifier(at + 1, _end);
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
        // A text that had escapes lies in the arena, whose end we don't ask for: 32 bytes at a time only where the
        // message has them.
        byte* readable = text.Start + text.Length == at - 1 ? _end : text.Start + text.Length;
        if (!wellFormed)
        {
            _state.Broken(field);
        }
        else if (!JsonScan.IsIdentifier(text.Start, text.Length, readable))
        {
            _state.Range(field);
        }

        return at;
    }

    private byte* Ip(byte* at, ref InteractionEvent e)
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
            _state.Broken(Field.Ip);
        }
        else if (!e.HasIp)
        {
            _state.Range(Field.Ip);
        }

        return at;
    }

    private byte* TypeOf(byte* at, ref EventType type)
    {
        if (*at != '"')
        {
            return WrongType(at, Field.Type);
        }

        Text text = default;
        at = String(at, ref text, out bool wellFormed);
        if (!wellFormed)
        {
            _state.Broken(Field.Type);
        }

        type = EventTypes.Of(text.Span);
        return at;
    }

    private byte* PointerOf(byte* at, ref Pointer pointer)
    {
        if (*at != '"')
        {
            return WrongType(at, Field.Pointer);
        }

        Text text = default;
        at = String(at, ref text, out bool wellFormed);
        if (!wellFormed)
        {
            _state.Broken(Field.Pointer);
        }
        else if (!EventTypes.TryPointer(text.Span, out pointer))
        {
            _state.Range(Field.Pointer);
        }

        return at;
    }

    private byte* OutcomeOf(byte* at, ref Outcome outcome)
    {
        if (*at != '"')
        {
            return WrongType(at, Field.Outcome);
        }

        Text text = default;
        at = String(at, ref text, out bool wellFormed);
        if (!wellFormed)
        {
            _state.Broken(Field.Outcome);
        }
        else if (!EventTypes.TryOutcome(text.Span, out outcome))
        {
            _state.Range(Field.Outcome);
        }

        return at;
    }

    private byte* Boolean(byte* at, Field field, ref bool value)
    {
        byte* after = JsonScan.Literal(at, _end, "true"u8);
        value = after != null;
        after = value ? after : JsonScan.Literal(at, _end, "false"u8);
        return after != null ? after : WrongType(at, field);
    }

    private byte* Integer(byte* at, Field field, long least, long most, ref long value)
    {
        if (*at != '-' && (uint)(*at - '0') > 9)
        {
            return WrongType(at, field);
        }

        byte* start = at;
        at = JsonScan.Number(at, _end, out _, out long integer, out bool isInteger);
        if (at == null)
        {
            return null;
        }

        if (!isInteger && !JsonScan.IsDigits(start, at))
        {
            _state.Wrong(field);
        }
        else if (!isInteger || integer < least || integer > most)
        {
            _state.Range(field);
        }

        value = integer;
        return at;
    }

    private byte* Number(byte* at, Field field, double least, ref double value)
    {
        if (*at != '-' && (uint)(*at - '0') > 9)
        {
            return WrongType(at, field);
        }

        at = JsonScan.Number(at, _end, out value, out _, out _);
        if (at != null && !(value >= least && value <= EventLimits.MaxMagnitude))
        {
            _state.Range(field);
        }

        return at;
    }
}
