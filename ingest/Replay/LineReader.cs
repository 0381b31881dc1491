namespace Ingest.Replay;

/// <summary>Reads a stream's lines as bytes, without line endings (LF or CRLF) and without a byte order mark. A line
/// from <see cref="Next"/> is valid until the next call.</summary>
internal sealed class LineReader(Stream stream, int maxLine = LineReader.MaxLine) : IDisposable
{
    /// <summary>The maximum length of a line: about 60 times that of an event.</summary>
    internal const int MaxLine = 16 * 1024 * 1024;

    private byte[] _buffer = new byte[64 * 1024];
    private int _start,
        _end;
    private bool _ended,
        _first = true;

    /// <summary>The number of the line that <see cref="Next"/> returned last, from 1.</summary>
    internal long Line { get; private set; }

    /// <summary>Reads the next line. Returns false at the end.</summary>
    /// <param name="line">The line.</param>
    /// <param name="tooLong">Whether the line exceeded the maximum; then <paramref name="line"/> is empty, and the rest
    /// was skipped.</param>
    internal bool Next(out ReadOnlySpan<byte> line, out bool tooLong)
    {
        line = default;
        tooLong = false;
        int looked = 0;
        while (true)
        {
            int at = _buffer.AsSpan(_start + looked, _end - _start - looked).IndexOf((byte)'\n');
            if (at >= 0 || (_ended && _end > _start))
            {
                int length = at >= 0 ? looked + at : _end - _start;
                line = Trimmed(_buffer.AsSpan(_start, length));
                _start = Math.Min(_end, _start + length + 1);
                Line++;
                if (tooLong)
                {
                    line = default;
                }

                return true;
            }
            if (_ended)
            {
                if (tooLong)
                {
                    Line++;
                }

                return tooLong;
            }
            looked = _end - _start;
            if (looked > maxLine)
            {
                (tooLong, _start, looked) = (true, _end, 0);
            }

            Fill();
        }
    }

    public void Dispose() => stream.Dispose();

    private ReadOnlySpan<byte> Trimmed(ReadOnlySpan<byte> line)
    {
        if (_first && line.StartsWith("\uFEFF"u8))
        {
            line = line[3..];
        }

        _first = false;
        return line.EndsWith("\r"u8) ? line[..^1] : line;
    }

    private void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        int read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        _ended = read == 0;
    }
}
