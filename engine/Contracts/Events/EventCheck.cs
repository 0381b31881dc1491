using System.Numerics;
using System.Text.Json;
using System.Text.Unicode;

namespace Engine.Contracts.Events;

/// <summary>Checks an event's JSON against its schema. The HTTP endpoints refuse what fails the check, and the engine
/// makes a dead letter of it, so both accept the same events. The check takes one pass, or two if the type isn't the
/// first field. It skips unknown fields, uses the last of duplicate members, treats null as absent, and reports the
/// first bad field in schema order. It never throws, whatever the bytes.</summary>
/// <remarks>For speed, the decoders of <c>interactions</c> and <c>labels</c> are written by hand. Tests check that they
/// agree with this.</remarks>
public static class EventCheck
{
    private static readonly JsonReaderOptions Options = new()
    {
        MaxDepth = EventLimits.MaxDepth,
        CommentHandling = JsonCommentHandling.Disallow,
    };

    /// <summary>Checks one event.</summary>
    /// <param name="events">The events that may occur; any other type is unknown.</param>
    /// <param name="headers">The values of the record's headers, which override the payload.</param>
    public static EventFindings Inspect(
        ReadOnlySpan<byte> json,
        EventCatalog events,
        in EventHeaders headers = default
    ) =>
        json.Length > EventLimits.MaxValueBytes
            ? EventFindings.Bad(DeadLetterReason.TooLarge, $"{json.Length} bytes")
            : InspectAnyLength(json, events, headers);

    /// <summary>Checks JSON of any length. For JSON converted from Protobuf, whose own length is bounded.</summary>
    public static EventFindings InspectAnyLength(ReadOnlySpan<byte> json, EventCatalog events, in EventHeaders headers)
    {
        if (!Utf8.IsValid(json))
        {
            return EventFindings.Bad(DeadLetterReason.Malformed, "not UTF-8");
        }

        try
        {
            EventSchema? guess = headers.Type != null ? events.Of(headers.Type) : TypeIfFirst(json, events);
            var pass = new Pass(guess, events, headers);
            pass.Run(json);
            if (pass.Type != guess)
            {
                pass = new Pass(pass.Type, events, headers);
                pass.Run(json);
            }
            return pass.Judge();
        }
        catch (JsonException error)
        {
            return EventFindings.Bad(DeadLetterReason.Malformed, PositionOf(error));
        }
    }

    private static string PositionOf(JsonException error) =>
        error.BytePositionInLine is not { } at ? "not one JSON object"
        : error.LineNumber is null or 0 ? $"byte {at}"
        : $"line {error.LineNumber + 1}, byte {at}";

    private static EventSchema? TypeIfFirst(ReadOnlySpan<byte> json, EventCatalog events)
    {
        var reader = new Utf8JsonReader(json, Options);
        return
            reader.Read()
            && reader.TokenType == JsonTokenType.StartObject
            && reader.Read()
            && reader.TokenType == JsonTokenType.PropertyName
            && !JsonText.IsBroken(ref reader)
            && reader.ValueTextEquals("type"u8)
            && reader.Read()
            && reader.TokenType == JsonTokenType.String
            ? events.Of(ref reader)
            : null;
    }

    /// <summary>One pass with one schema. Without a schema, it only finds the type.</summary>
    private struct Pass
    {
        private readonly EventSchema? _schema;
        private readonly EventCatalog _events;
        private readonly EventHeaders _headers;

        // One bit per field, in schema order.
        private ulong _seen,
            _malformed,
            _wrongType,
            _outOfRange,
            _missingWithin;
        private string?[]? _within;
        private int _next;
        private DeadLetterReason _typeProblem;
        private EventFindings _found;
        private string? _click;
        private string? _key,
            _otherKey;

        internal Pass(EventSchema? schema, EventCatalog events, in EventHeaders headers)
        {
            (_schema, _events, _headers, Type) = (schema, events, headers, headers.Type == null ? null : schema);
            _typeProblem =
                headers.Type == null ? DeadLetterReason.MissingField
                : schema == null ? DeadLetterReason.UnknownType
                : DeadLetterReason.None;
        }

        /// <summary>The schema of the type that the event turned out to have.</summary>
        internal EventSchema? Type { get; private set; }

        internal void Run(ReadOnlySpan<byte> json)
        {
            var reader = new Utf8JsonReader(json, Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw new JsonException();
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isText = !JsonText.IsBroken(ref reader);
                if (isText && reader.ValueTextEquals("type"u8))
                {
                    reader.Read();
                    TypeMember(ref reader);
                    continue;
                }
                int index = isText ? Find(ref reader) : -1;
                reader.Read();
                if (index < 0)
                {
                    reader.Skip();
                }
                else
                {
                    Member(index, ref reader);
                }
            }
            while (reader.Read()) { } // anything after the object makes it malformed
        }

        private void TypeMember(ref Utf8JsonReader reader)
        {
            if (_headers.Type != null)
            {
                reader.Skip();
                return;
            }
            Type = reader.TokenType == JsonTokenType.String ? _events.Of(ref reader) : null;
            _typeProblem = reader.TokenType switch
            {
                JsonTokenType.String when JsonText.IsBroken(ref reader) => DeadLetterReason.Malformed,
                JsonTokenType.Null => DeadLetterReason.MissingField,
                JsonTokenType.String when Type == null => DeadLetterReason.UnknownType,
                JsonTokenType.String => DeadLetterReason.None,
                _ => DeadLetterReason.WrongType,
            };
            reader.Skip();
        }

        /// <summary>Finds a field's index. Starts at the field after the last one, as most producers keep one
        /// order.</summary>
        private int Find(ref Utf8JsonReader reader)
        {
            int count = _schema?.Fields.Count ?? 0;
            for (int i = 0; i < count; i++)
            {
                int index = _next + i < count ? _next + i : _next + i - count;
                if (reader.ValueTextEquals(_schema!.Fields[index].Utf8))
                {
                    _next = index + 1 < count ? index + 1 : 0;
                    return index;
                }
            }
            return -1;
        }

        private void Member(int index, ref Utf8JsonReader reader)
        {
            ulong bit = 1UL << index;
            _seen &= ~bit;
            EventField field = _schema!.Fields[index];
            Forget(field, bit);
            if (reader.TokenType == JsonTokenType.Null)
            {
                return;
            }

            _seen |= bit;
            Utf8JsonReader value = reader;
            FieldProblem problem = field.Kind.Check(ref reader);
            if (problem.Reason == DeadLetterReason.None)
            {
                Keep(field, ref value);
                return;
            }
            Mark(index, problem);
        }

        private void Mark(int index, FieldProblem problem)
        {
            ulong bit = 1UL << index;
            if (problem.Reason == DeadLetterReason.Malformed)
            {
                _malformed |= bit;
            }
            else if (problem.Reason == DeadLetterReason.WrongType)
            {
                _wrongType |= bit;
            }
            else if (problem.Reason == DeadLetterReason.MissingField)
            {
                _missingWithin |= bit;
            }
            else
            {
                _outOfRange |= bit;
            }

            if (problem.Within != null)
            {
                (_within ??= new string?[_schema!.Fields.Count])[index] = problem.Within;
            }
        }

        /// <summary>Discards what an earlier member with the same name set: the last one counts, and so does its
        /// problem.</summary>
        private void Forget(EventField field, ulong bit)
        {
            _malformed &= ~bit;
            _wrongType &= ~bit;
            _outOfRange &= ~bit;
            _missingWithin &= ~bit;
            if (_within != null)
            {
                _within[BitOperations.TrailingZeroCount(bit)] = null;
            }

            if (field == _schema!.Key)
            {
                _key = null;
            }
            else if (field == _schema.Derived?.Or)
            {
                _otherKey = null;
            }

            switch (field.Name)
            {
                case "time":
                    _found = _found with { Time = null };
                    break;
                case "id":
                    _found = _found with { Id = null };
                    break;
                case "click":
                    _click = null;
                    break;
            }
        }

        private void Keep(EventField field, ref Utf8JsonReader value)
        {
            if (field == _schema!.Key)
            {
                _key = KeyOf(field, value.GetString()!);
            }
            else if (field == _schema.Derived?.Or)
            {
                _otherKey = KeyOf(field, value.GetString()!);
            }

            switch (field.Name)
            {
                case "time":
                    _found = _found with
                    {
                        Time = value.GetInt64(),
                        TimeAt = (int)value.TokenStartIndex,
                        TimeLength = value.ValueSpan.Length,
                    };
                    break;
                case "id":
                    _found = _found with { Id = value.GetString() };
                    break;
                case "click":
                    _click = value.GetString();
                    break;
            }
        }

        private static string? KeyOf(EventField field, string text) =>
            field.Kind is KeyTextKind derived ? derived.KeyOf(text)
            : field.Kind is AddressKind && IpAddress.TryParse(text, out IpAddress address) ? address.NetworkText()
            : text;

        /// <summary>Combines the findings of the pass with the headers.</summary>
        internal EventFindings Judge()
        {
            if (_schema == null || _typeProblem != DeadLetterReason.None)
            {
                return EventFindings.Bad(_typeProblem, EventSchema.TypeField);
            }

            ulong required = 0;
            for (int i = 0; i < _schema.Fields.Count; i++)
            {
                EventField field = _schema.Fields[i];
                required |= field.IsRequired ? 1UL << i : 0;
                ApplyHeader(i, field);
            }
            ulong missing = (required & ~_seen) | _missingWithin,
                any = missing | _malformed | _wrongType | _outOfRange;
            _found = _found with { Schema = _schema, Key = _key ?? _otherKey, Id = _found.Id ?? _click };
            if (any == 0)
            {
                return _schema.Derived == null || _found.Key != null
                    ? _found
                    : _found with
                    {
                        Reason = DeadLetterReason.MissingField,
                        Detail = _schema.Key.Name,
                    };
            }

            int index = BitOperations.TrailingZeroCount(any);
            ulong bit = any & (ulong)-(long)any;
            return _found with
            {
                Reason =
                    (missing & bit) != 0 ? DeadLetterReason.MissingField
                    : (_malformed & bit) != 0 ? DeadLetterReason.Malformed
                    : (_wrongType & bit) != 0 ? DeadLetterReason.WrongType
                    : DeadLetterReason.OutOfRange,
                Detail = DetailOf(index),
            };
        }

        /// <summary>Applies the CloudEvents headers, which override the payload's fields.</summary>
        private void ApplyHeader(int index, EventField field)
        {
            ulong bit = 1UL << index;
            if (field.Name == "id" && _headers.Id is { } id)
            {
                Forget(field, bit);
                _seen |= bit;
                if (!Identifier.IsOne(id))
                {
                    _outOfRange |= bit;
                    return;
                }
                _found = _found with { Id = id };
                _key = field == _schema!.Key ? id : _key;
            }
            else if (field.Name == "time" && _headers.Time is { IsThere: true } time)
            {
                Forget(field, bit);
                _seen |= bit;
                _found = _found with { Time = time.Problem == DeadLetterReason.None ? time.Milliseconds : null };
                _malformed |= time.Problem == DeadLetterReason.Malformed ? bit : 0;
                _outOfRange |= time.Problem == DeadLetterReason.OutOfRange ? bit : 0;
            }
        }

        private readonly string DetailOf(int index)
        {
            string name = _schema!.Fields[index].Name;
            if (name == "time" && _headers.Time.IsThere)
            {
                return HeaderTime.Detail;
            }

            return _within?[index] is { } within ? $"{name}.{within}" : name;
        }
    }
}
