using System.Buffers;

namespace Ingest.Tail.Formats;

/// <summary>What <see cref="JsonMembers"/> found.</summary>
internal enum JsonMember
{
    /// <summary>A text, without its quotes and still escaped.</summary>
    Text,

    /// <summary>A number, true, false or null.</summary>
    Literal,

    /// <summary>The beginning of an object that is a member of another one.</summary>
    Object,
}

/// <summary>Goes through the values of a JSON object, at every depth. Unlike <c>Utf8JsonReader</c>, it takes what
/// careless servers write (escapes of other languages, control characters, invalid UTF-8), and doesn't throw. It stops
/// at the first thing that can't be JSON, with <see cref="IsWhole"/> false. Takes one pass and allocates
/// nothing.</summary>
internal ref struct JsonMembers(ReadOnlySpan<byte> json)
{
    private const int MaxContainers = 64;

    private static readonly SearchValues<byte> LiteralEnd = SearchValues.Create(",}] \t\r\n"u8);

    private readonly ReadOnlySpan<byte> _json = json;

    /// <summary>One bit for each container around the place, the innermost first: whether it is an object.</summary>
    private ulong _objects;
    private int _at,
        _containers,
        _depth;

    /// <summary>The name of the value; in an array, that of the array.</summary>
    internal ReadOnlySpan<byte> Name { get; private set; }

    internal ReadOnlySpan<byte> Value { get; private set; }

    internal JsonMember Kind { get; private set; }

    /// <summary>The number of objects around the value.</summary>
    internal int Depth { get; private set; }

    /// <summary>Whether the whole text was one object.</summary>
    internal bool IsWhole { get; private set; }

    /// <summary>Finds the next value. Returns false at the end.</summary>
    internal bool Next()
    {
        while (SkipBlanks())
        {
            byte next = _json[_at];
            if (_containers == 0 && next != '{')
            {
                return false;
            }

            switch (next)
            {
                case (byte)'"':
                    if (!TryText(out ReadOnlySpan<byte> text))
                    {
                        return false;
                    }

                    if (!IsName())
                    {
                        return Found(JsonMember.Text, text, _depth);
                    }

                    Name = text;
                    break;
                case (byte)'{':
                case (byte)'[':
                    if (!TryOpen(next == '{'))
                    {
                        return false;
                    }

                    if (next == '{' && _depth > 1)
                    {
                        return Found(JsonMember.Object, default, _depth - 1);
                    }

                    break;
                case (byte)'}':
                case (byte)']':
                    if (!TryClose(next == '}'))
                    {
                        return false;
                    }

                    break;
                default:
                    int length = _json[_at..].IndexOfAny(LiteralEnd);
                    if (length < 0)
                    {
                        return false;
                    }

                    ReadOnlySpan<byte> literal = _json.Slice(_at, length);
                    _at += length;
                    return Found(JsonMember.Literal, literal, _depth);
            }
        }
        return false;
    }

    private bool Found(JsonMember kind, ReadOnlySpan<byte> value, int depth)
    {
        Kind = kind;
        Value = value;
        Depth = depth;
        return true;
    }

    /// <summary>Skips to the next byte that means something. Returns false at the end.</summary>
    private bool SkipBlanks()
    {
        while (_at < _json.Length && _json[_at] is (byte)',' or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            _at++;
        }

        return _at < _json.Length;
    }

    private bool TryText(out ReadOnlySpan<byte> text)
    {
        int begin = ++_at;
        while (_at < _json.Length && _json[_at..].IndexOfAny((byte)'"', (byte)'\\') is >= 0 and var found)
        {
            _at += found;
            if (_json[_at] == '"')
            {
                text = _json[begin.._at++];
                return true;
            }

            _at += 2;
        }
        text = default;
        return false;
    }

    /// <summary>Whether the text before this place is a member's name. Skips the colon.</summary>
    private bool IsName()
    {
        if ((_objects & 1) == 0)
        {
            return false;
        }

        int at = _at;
        while (at < _json.Length && _json[at] is (byte)' ' or (byte)'\t')
        {
            at++;
        }

        if (at == _json.Length || _json[at] != ':')
        {
            return false;
        }

        _at = at + 1;
        return true;
    }

    private bool TryOpen(bool isObject)
    {
        if (_containers == MaxContainers)
        {
            return false;
        }

        _at++;
        _containers++;
        _depth += isObject ? 1 : 0;
        _objects = _objects << 1 | (isObject ? 1UL : 0);
        return true;
    }

    private bool TryClose(bool isObject)
    {
        if ((_objects & 1) != (isObject ? 1UL : 0))
        {
            return false;
        }

        _at++;
        _containers--;
        _depth -= isObject ? 1 : 0;
        _objects >>= 1;
        if (_containers > 0)
        {
            return true;
        }

        IsWhole = !SkipBlanks();
        return false;
    }
}
