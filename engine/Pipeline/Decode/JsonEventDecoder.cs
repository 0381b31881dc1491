using Engine.Contracts;

namespace Engine.Pipeline.Decode;

/// <summary>Decodes events of <c>interactions</c> from JSON without allocating objects or strings, by the contract's
/// names (<see cref="LearnedNames"/>). One decoder per lane; not thread-safe. Equals a simple Utf8JsonReader decoder on
/// every input (JsonDecoderTests compares them).</summary>
public sealed unsafe class JsonEventDecoder
{
    private readonly EventArena _arena;
    private readonly LearnedNames _names = new();
    private readonly JsonFieldReader _fields;
    private readonly JsonPathReader _paths;
    private readonly JsonDeviceReader _device;
    private (int Start, int Count) _points,
        _path;

    /// <param name="arena">Receives points, and texts that have escapes.</param>
    public JsonEventDecoder(EventArena arena)
    {
        _arena = arena;
        _fields = new JsonFieldReader(arena);
        _paths = new JsonPathReader(_fields, arena);
        _device = new JsonDeviceReader(_fields);
    }

    /// <summary>Decodes one value. Texts of <paramref name="e"/> point into the value or into the arena.</summary>
    public DecodeError Decode(byte* value, int length, ref InteractionEvent e, in CloudEvent headers)
    {
        e = default;
        if (length > EventLimits.MaxValueBytes)
        {
            return new DecodeError(DeadLetterReason.TooLarge, $"{length} bytes");
        }

        byte* end = value + length;
        _fields.Begin(end);
        _points = _path = default;
        int points = _arena.Points;
        byte* at = Members(JsonScan.SkipSpace(value, end), end, ref e);
        if (at == null || JsonScan.SkipSpace(at, end) != end || (_fields.Wide && !JsonStrings.IsUtf8(value, length)))
        {
            _arena.Points = points;
            return new DecodeError(DeadLetterReason.Malformed, "not one JSON object");
        }
        _fields.State.ApplyHeaders(headers, ref e);
        // A click has no `points` and a cursor-path no `path`. The type may come last, so this is decided only now.
        (e.PathStart, e.PathCount) =
            e.Type == EventType.Click ? _path
            : e.Type == EventType.CursorPath ? _points
            : default;
        e.HasPosition = _fields.State.Has(Field.X) && _fields.State.Has(Field.Y);
        return _fields.State.Check(e.Type);
    }

    private byte* Members(byte* at, byte* end, ref InteractionEvent e)
    {
        if (at == end || *at != '{')
        {
            return null;
        }

        at = JsonScan.SkipSpace(at + 1, end);
        if (at == end)
        {
            return null;
        }

        if (*at == '}')
        {
            return at + 1;
        }

        int before = LearnedNames.Start;
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

            if (_names.Guess(ref at, end, before, out field))
            {
                continue;
            }

            at = JsonScan.SkipSpace(at, end);
            if (at == end)
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

            at = NameInFull(JsonScan.SkipSpace(at + 1, end), before, out field);
        }
    }

    private byte* NameInFull(byte* at, int before, out Field field)
    {
        field = Field.Unknown;
        Text name = default;
        at = _fields.String(at, ref name, out bool wellFormed);
        if (at == null)
        {
            return null;
        }

        at = JsonScan.SkipSpace(at, _fields.End);
        if (at == _fields.End || *at != ':')
        {
            return null;
        }

        if (wellFormed)
        {
            field = _names.Find(name.Span, before);
        }
        return JsonScan.SkipSpace(at + 1, _fields.End);
    }

    private byte* Member(byte* at, Field field, ref InteractionEvent e)
    {
        if (field == Field.Unknown)
        {
            return _fields.Skip(at, 1);
        }

        if (at == _fields.End)
        {
            return null;
        }

        if (*at == 'n')
        {
            return Null(at, field, ref e);
        }

        _fields.State.See(field);
        switch (field)
        {
            case Field.Type:
                return _fields.TypeOf(at, ref e.Type);
            case Field.Id:
                return _fields.Identifier(at, field, ref e.Id);
            case Field.Click:
                return _fields.Identifier(at, field, ref e.Click);
            case Field.Visitor:
                return _fields.Identifier(at, field, ref e.Visitor);
            case Field.Publisher:
                return _fields.Identifier(at, field, ref e.Publisher);
            case Field.Placement:
                return _fields.Identifier(at, field, ref e.Placement);
            case Field.Campaign:
                return _fields.Identifier(at, field, ref e.Campaign);
            case Field.Advertiser:
                return _fields.Identifier(at, field, ref e.Advertiser);
            case Field.Ip:
                return _fields.Ip(at, ref e);
            case Field.Ua:
                return _fields.String(at, field, ref e.Ua);
            case Field.Page:
                return _fields.String(at, field, ref e.Page);
            case Field.Referrer:
                return _fields.String(at, field, ref e.Referrer);
            case Field.Target:
                return _fields.String(at, field, ref e.Target);
            case Field.Time:
                return _fields.Integer(at, field, 0, EventLimits.MaxTime, ref e.Time);
            case Field.CostMicros:
                return _fields.Integer(at, field, 0, EventLimits.MaxCostMicros, ref e.CostMicros);
            case Field.LatencyMs:
                return _fields.Integer(at, field, 0, EventLimits.MaxCount, ref e.LatencyMs);
            case Field.Attempts:
                long attempts = 0;
                at = _fields.Integer(at, field, 0, EventLimits.MaxCount, ref attempts);
                e.Attempts = (int)attempts;
                return at;
            case Field.X:
                return _fields.Number(at, field, -EventLimits.MaxMagnitude, ref e.X);
            case Field.Y:
                return _fields.Number(at, field, -EventLimits.MaxMagnitude, ref e.Y);
            case Field.Pointer:
                return _fields.PointerOf(at, ref e.Pointer);
            case Field.Outcome:
                return _fields.OutcomeOf(at, ref e.Outcome);
            case Field.ExpectsPath:
                return _fields.Boolean(at, field, ref e.ExpectsPath);
            case Field.Viewport:
                return _paths.Viewport(at, ref e);
            case Field.Device:
                return _device.Read(at, ref e);
            case Field.Path:
                return _paths.Points(at, field, ref _path);
            default:
                return _paths.Points(at, field, ref _points);
        }
    }

    /// <summary>Reads null, which means an absent field, whatever an earlier member of the same name said.</summary>
    private byte* Null(byte* at, Field field, ref InteractionEvent e)
    {
        at = JsonScan.Literal(at, _fields.End, "null"u8);
        if (at == null)
        {
            return null;
        }

        _fields.State.SetNull(field);
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
                _fields.State.NewDevice();
                e.Device = default;
                break;
        }
        return at;
    }
}
