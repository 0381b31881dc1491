using System.Text.Json;
using System.Text.Unicode;
using Engine.Contracts;

namespace Engine.Client.Checks;

/// <summary>
/// Holds an event's JSON against the contract in one pass after its type is found, and says where it goes. It is
/// stricter than the engine in one thing: an optional field of the wrong type is refused too, since a producer is there
/// to be told. Unknown fields are skipped. Never throws, whatever the bytes.
/// </summary>
internal static class EventCheck
{
    /// <summary>The longest value of an event, in bytes.</summary>
    internal const int MaxBytes = 256 * 1024;

    private static readonly JsonReaderOptions Options = new()
    {
        MaxDepth = 64,
        CommentHandling = JsonCommentHandling.Disallow,
    };

    /// <summary>Looks at one event.</summary>
    internal static CheckedEvent Inspect(ReadOnlySpan<byte> json)
    {
        if (json.Length > MaxBytes)
        {
            return Refused(Reasons.TooLarge, null);
        }

        if (!Utf8.IsValid(json))
        {
            return Refused(Reasons.Malformed, "not UTF-8");
        }

        try
        {
            EventType? type = FindType(json, out string? reason, out string? detail);
            return type is null ? Refused(reason!, detail) : new Pass(type).Run(json, Options);
        }
        catch (JsonException error)
        {
            return Refused(Reasons.Malformed, $"byte {error.BytePositionInLine}");
        }
        catch (InvalidOperationException)
        {
            // A string with half a surrogate pair in it, which JSON's grammar allows and no text can hold.
            return Refused(Reasons.Malformed, "half a surrogate pair");
        }
    }

    private static CheckedEvent Refused(string reason, string? detail) =>
        new(reason, detail, null, null, null, null, null, 0, 0);

    private static EventType? FindType(ReadOnlySpan<byte> json, out string? reason, out string? detail)
    {
        (reason, detail) = (Reasons.Malformed, "no JSON object");
        var reader = new Utf8JsonReader(json, Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        (reason, detail) = (Reasons.MissingField, "type");
        EventType? found = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            if (!isType)
            {
                reader.Skip();
                continue;
            }
            found = null;
            (reason, detail) = (Reasons.WrongType, "type");
            if (reader.TokenType != JsonTokenType.String)
            {
                reader.Skip();
                continue;
            }
            (reason, detail) = (Reasons.UnknownType, "type");
            foreach (EventType type in EventType.All)
            {
                if (!reader.ValueTextEquals(type.Utf8))
                {
                    continue;
                }

                found = type;
                break;
            }
        }
        while (reader.Read()) { } // what follows the object makes it malformed
        return found;
    }

    /// <summary>The second pass, over the fields of a known type. The first thing wrong is what is told.</summary>
    private struct Pass(EventType type)
    {
        private string? _reason,
            _detail,
            _key,
            _id;
        private long? _time;
        private int _timeAt,
            _timeLength;
        private ulong _seen;

        internal CheckedEvent Run(ReadOnlySpan<byte> json, JsonReaderOptions options)
        {
            var reader = new Utf8JsonReader(json, options);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                int index = Find(ref reader);
                reader.Read();
                if (index < 0)
                {
                    reader.Skip();
                }
                else
                {
                    Field(index, ref reader);
                }
            }
            ulong missing = type.Required & ~_seen;
            if (missing != 0 && _reason is null)
            {
                (_reason, _detail) = (
                    Reasons.MissingField,
                    type.Fields[System.Numerics.BitOperations.TrailingZeroCount(missing)].Name
                );
            }
            return new CheckedEvent(_reason, _detail, type.Name, type.Topic, _key, _id, _time, _timeAt, _timeLength);
        }

        private readonly int Find(ref Utf8JsonReader reader)
        {
            for (int i = 0; i < type.Fields.Length; i++)
            {
                if (reader.ValueTextEquals(type.Fields[i].Utf8))
                {
                    return i;
                }
            }
            return -1;
        }

        private void Field(int index, ref Utf8JsonReader reader)
        {
            EventField field = type.Fields[index];
            if (reader.TokenType == JsonTokenType.Null && !field.Required)
            {
                return;
            }

            _seen |= 1UL << index;
            JsonTokenType token = reader.TokenType;
            int at = (int)reader.TokenStartIndex;
            string? wrong = FieldCheck.Wrong(field.Kind, ref reader);
            if (wrong is not null)
            {
                if (_reason is null)
                {
                    (_reason, _detail) = (wrong, field.Name);
                }

                if (index == type.KeyField)
                {
                    _key = null;
                }

                if (field.Kind == FieldKind.Time)
                {
                    _time = null;
                }

                return;
            }
            if (field.Kind == FieldKind.Time)
            {
                (_time, _timeAt, _timeLength) = (reader.GetInt64(), at, reader.ValueSpan.Length);
            }
            else if (index == type.KeyField)
            {
                string text = reader.GetString()!;
                _key =
                    field.Kind == FieldKind.Address && IpAddress.TryParse(text, out IpAddress address)
                        ? address.NetworkText()
                        : text;
            }
            if (token == JsonTokenType.String && (field.Name == "id" || (field.Name == "click" && _id is null)))
            {
                _id = reader.GetString();
            }
        }
    }
}
