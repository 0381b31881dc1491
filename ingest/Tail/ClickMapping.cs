using System.Buffers;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Engine.Contracts;
using Ingest.Tail.Formats;

namespace Ingest.Tail;

/// <summary>Maps a request to a click-redirect endpoint to a contract <c>click</c> (docs/producing.md has the table).
/// The address, user agent and time come from the server's log, never from the query, which the client controls.
/// <c>page</c> comes from the query, otherwise from the referrer, which for such a request is the page with the ad.
/// Reuses its buffers, and allocates nothing once they have grown. Not thread-safe.</summary>
/// <param name="endpoint">The path whose requests are clicks.</param>
/// <param name="behindProxy">Whether the client's address is the last entry of X-Forwarded-For, if the line has
/// that.</param>
internal sealed class ClickMapping(string endpoint, bool behindProxy) : IDisposable
{
    private const int IdBytes = 36;

    private static readonly JsonEncodedText Type = Name("type"),
        Click = Name("click"),
        Time = Name("time"),
        Ip = Name("ip"),
        UserAgent = Name("ua"),
        Device = Name("device");

    private readonly byte[] _endpoint = Encoding.UTF8.GetBytes(endpoint);
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Utf8JsonWriter _json = new(
        Stream.Null,
        new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true }
    );
    private readonly FieldText _texts = new();

    /// <summary>Whether a request is one of the endpoint that may be a click, whatever its query.</summary>
    internal bool IsClick(in LoggedRequest request, FieldEscapes escapes)
    {
        if (!request.Method.SequenceEqual("GET"u8) && !request.Method.SequenceEqual("POST"u8))
        {
            return false;
        }

        if (request.Path.SequenceEqual(_endpoint))
        {
            return true;
        }

        // Escapes only shorten.
        _texts.Clear(request.Path.Length);
        return request.Path.Length > _endpoint.Length && _texts.Of(request.Path, escapes).SequenceEqual(_endpoint);
    }

    /// <summary>Creates the event in JSON; the event check validates it. The bytes are good until the next
    /// call.</summary>
    /// <param name="line">The line and its offset in the log, of which the id is made if the query has none. The same
    /// line at the same offset always gets the same id, so the engine recognises repeats.</param>
    internal ReadOnlySpan<byte> Write(
        in LoggedRequest request,
        FieldEscapes escapes,
        ReadOnlySpan<byte> line,
        long offset
    )
    {
        // A query's escapes are resolved up to three times (the log's, those of names, those of values).
        _texts.Clear(line.Length * 3);
        ReadOnlySpan<byte> query = Unescaped(request.Query, escapes);
        Span<Range> values = stackalloc Range[ClickParameter.All.Length];
        uint found = Find(query, escapes, values);

        _buffer.ResetWrittenCount();
        _json.Reset(_buffer);
        _json.WriteStartObject();
        _json.WriteString(Type, Click);
        for (int i = 0; i < ClickParameter.All.Length; i++)
        {
            ParameterKind kind = ClickParameter.All[i].Kind;
            ReadOnlySpan<byte> value = (found >> i & 1) == 0 ? default : _texts.OfQuery(query[values[i]], escapes);
            if (kind == ParameterKind.Id)
            {
                WriteId(value, line, offset);
                WriteLogged(request, escapes);
            }
            else if (kind == ParameterKind.Page && value.IsEmpty)
            {
                WriteText(ClickParameter.All[i].Field, _texts.Of(request.Referrer, escapes));
            }
            else if (kind == ParameterKind.Device)
            {
                WriteDevice(i, query, escapes, values, found);
                break;
            }
            else if (!value.IsEmpty)
            {
                WriteValue(ClickParameter.All[i], value);
            }
        }
        _json.WriteEndObject();
        _json.Flush();
        return _buffer.WrittenSpan;
    }

    /// <summary>Resolves the log's escapes of a query. Percent signs wait until the query is split: a value may contain
    /// an encoded <c>&amp;</c>.</summary>
    private ReadOnlySpan<byte> Unescaped(ReadOnlySpan<byte> query, FieldEscapes escapes) =>
        escapes == FieldEscapes.Percent ? query : _texts.Of(query, escapes);

    /// <summary>Finds the first value of each parameter, still encoded.</summary>
    /// <returns>One bit for each of <see cref="ClickParameter.All"/> that the query has.</returns>
    private uint Find(ReadOnlySpan<byte> query, FieldEscapes escapes, Span<Range> values)
    {
        uint found = 0;
        int at = 0;
        while (at < query.Length)
        {
            int length = query[at..].IndexOf((byte)'&');
            int end = length < 0 ? query.Length : at + length;
            ReadOnlySpan<byte> pair = query[at..end];
            int equals = pair.IndexOf((byte)'=');
            ReadOnlySpan<byte> name = equals < 0 ? pair : pair[..equals];
            int index = ClickParameter.IndexOf(_texts.OfQuery(name, escapes));
            if (index >= 0 && (found >> index & 1) == 0)
            {
                found |= 1u << index;
                values[index] = (equals < 0 ? end : at + equals + 1)..end;
            }

            at = end + 1;
        }
        return found;
    }

    private void WriteId(ReadOnlySpan<byte> value, ReadOnlySpan<byte> line, long offset)
    {
        if (!value.IsEmpty)
        {
            WriteText(ClickParameter.All[0].Field, value);
            return;
        }

        Span<byte> id = stackalloc byte[IdBytes];
        "log-"u8.CopyTo(id);
        XxHash128.HashToUInt128(line, offset).TryFormat(id[4..], out _, "x32", CultureInfo.InvariantCulture);
        WriteText(ClickParameter.All[0].Field, id);
    }

    /// <summary>Writes what only the server knows.</summary>
    private void WriteLogged(in LoggedRequest request, FieldEscapes escapes)
    {
        _json.WriteNumber(Time, request.TimeMs!.Value);
        ReadOnlySpan<byte> address = behindProxy
            ? ClientAddress.LastEntry(_texts.Of(request.ForwardedFor, escapes))
            : default;
        _json.WriteString(Ip, ClientAddress.Bare(address.IsEmpty ? _texts.Of(request.Client, escapes) : address));
        WriteText(UserAgent, _texts.Of(request.UserAgent, escapes));
    }

    private void WriteDevice(
        int first,
        ReadOnlySpan<byte> query,
        FieldEscapes escapes,
        ReadOnlySpan<Range> values,
        uint found
    )
    {
        if (found >> first == 0)
        {
            return;
        }

        _json.WriteStartObject(Device);
        for (int i = first; i < ClickParameter.All.Length; i++)
        {
            if ((found >> i & 1) != 0)
            {
                WriteText(ClickParameter.All[i].Field, _texts.OfQuery(query[values[i]], escapes));
            }
        }

        _json.WriteEndObject();
    }

    private void WriteValue(ClickParameter parameter, ReadOnlySpan<byte> value)
    {
        switch (parameter.Kind)
        {
            case ParameterKind.Number:
                WriteNumber(parameter.Field, value);
                break;
            case ParameterKind.Viewport:
                WriteViewport(parameter.Field, value);
                break;
            case ParameterKind.Flag:
                if (value.SequenceEqual("1"u8) || value.SequenceEqual("true"u8))
                {
                    _json.WriteBoolean(parameter.Field, true);
                }

                break;
            default:
                _json.WriteString(parameter.Field, value);
                break;
        }
    }

    private void WriteText(JsonEncodedText field, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty)
        {
            _json.WriteString(field, value);
        }
    }

    /// <summary>Writes a number as it was spelled, so that an invalid one is reported as it was.</summary>
    private void WriteNumber(JsonEncodedText field, ReadOnlySpan<byte> value)
    {
        if (long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole))
        {
            _json.WriteNumber(field, whole);
        }
        else if (
            double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            && double.IsFinite(number)
        )
        {
            _json.WriteNumber(field, number);
        }
        else
        {
            _json.WriteString(field, value);
        }
    }

    /// <summary>Writes <c>1280x720</c>.</summary>
    private void WriteViewport(JsonEncodedText field, ReadOnlySpan<byte> value)
    {
        int by = value.IndexOf((byte)'x');
        if (
            by >= 0
            && int.TryParse(value[..by], NumberStyles.None, CultureInfo.InvariantCulture, out int width)
            && int.TryParse(value[(by + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int height)
        )
        {
            _json.WriteStartArray(field);
            _json.WriteNumberValue(width);
            _json.WriteNumberValue(height);
            _json.WriteEndArray();
        }
        else
        {
            _json.WriteString(field, value);
        }
    }

    private static JsonEncodedText Name(string name) => JsonEncodedText.Encode(name);

    public void Dispose() => _json.Dispose();
}
