using System.Buffers;
using Engine.Client.Checks;

namespace Ingest.Http;

/// <summary>A piece of a request that should be an event.</summary>
/// <param name="Bytes">The event; null if it exceeded the size limit and was discarded while being read.</param>
internal readonly record struct Frame(byte[]? Bytes);

/// <summary>Splits a body into events, in whatever pieces it arrives: a single event (possibly over several lines), an
/// array, or one event per line. Feed it all pieces in order, then signal the end. Malformed text stays in its own
/// frame as far as possible, so its neighbours are accepted.</summary>
/// <param name="lines">Whether the body is known to have one event per line; otherwise this is detected when the first
/// event ends with its line.</param>
internal sealed class EventFraming(bool lines)
{
    private enum Mode
    {
        Start,
        Value,
        Lines,
        Array,
        AfterArray,
    }

    private readonly ArrayBufferWriter<byte> _current = new(1024);
    private Mode _mode = Mode.Start;
    private int _depth;
    private bool _inString,
        _escaped,
        _tooLarge,
        _elementDue;

    /// <summary>Feeds the next piece. Adds the events that end in it.</summary>
    internal void Feed(ReadOnlySpan<byte> bytes, List<Frame> into)
    {
        foreach (byte next in bytes)
        {
            if (_mode == Mode.Start)
            {
                Begin(next);
            }
            else if (_mode == Mode.Array)
            {
                InArray(next, into);
            }
            else
            {
                InText(next, into);
            }
        }
    }

    /// <summary>Signals the end of the body. Adds the event that was open.</summary>
    internal void End(List<Frame> into)
    {
        // An unclosed array may have lost elements: report its last one, or the lack of one, as malformed.
        if (_mode == Mode.Array)
        {
            Emit(into, evenEmpty: true, broken: true);
        }
        else
        {
            Emit(into);
        }
    }

    private void Begin(byte next)
    {
        if (IsSpace(next))
        {
            return;
        }

        if (next == '[' && !lines)
        {
            _mode = Mode.Array;
            return;
        }
        _mode = lines ? Mode.Lines : Mode.Value;
        Track(next);
        Append(next);
    }

    private void InText(byte next, List<Frame> into)
    {
        if (next == '\n' && _mode != Mode.AfterArray)
        {
            // A JSON string can't span lines, so an open string has been cut off. An open object may span lines if it
            // is the first event; after an event that ended with its line, it has been cut off too.
            if (_mode == Mode.Lines || _depth == 0 || _inString)
            {
                if (Emit(into))
                {
                    _mode = Mode.Lines;
                }

                return;
            }
        }
        Track(next);
        Append(next);
    }

    private void InArray(byte next, List<Frame> into)
    {
        if (!_inString && _depth == 0 && (next is (byte)',' or (byte)']'))
        {
            bool last = next == ']';
            Emit(into, evenEmpty: !last || _elementDue);
            _elementDue = !last;
            if (last)
            {
                _mode = Mode.AfterArray;
            }

            return;
        }
        Track(next);
        Append(next);
    }

    private void Track(byte next)
    {
        if (_inString)
        {
            if (_escaped)
            {
                _escaped = false;
            }
            else if (next == '\\')
            {
                _escaped = true;
            }
            else if (next == '"')
            {
                _inString = false;
            }

            return;
        }
        if (next == '"')
        {
            _inString = true;
        }
        else if (next is (byte)'{' or (byte)'[')
        {
            _depth++;
        }
        else if (next is (byte)'}' or (byte)']')
        {
            _depth = Math.Max(0, _depth - 1);
        }
    }

    private void Append(byte next)
    {
        if (_current.WrittenCount == 0 && IsSpace(next))
        {
            return;
        }

        if (_current.WrittenCount > EventCheck.MaxBytes)
        {
            // Spaces after a value aren't part of it; anything else makes it too large.
            _tooLarge = true;
            return;
        }
        _current.GetSpan(1)[0] = next;
        _current.Advance(1);
    }

    private bool Emit(List<Frame> into, bool evenEmpty = false, bool broken = false)
    {
        ReadOnlySpan<byte> value = _current.WrittenSpan.TrimEnd(" \t\r\n"u8);
        bool any = !value.IsEmpty || evenEmpty;
        if (any)
        {
            bool tooLarge = _tooLarge || value.Length > EventCheck.MaxBytes;
            into.Add(
                new Frame(
                    tooLarge ? null
                    : broken ? [.. value, (byte)'\\']
                    : value.ToArray()
                )
            );
        }
        _current.ResetWrittenCount();
        (_depth, _inString, _escaped, _tooLarge) = (0, false, false, false);
        return any;
    }

    private static bool IsSpace(byte next) => next is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';
}
