using System.IO.Compression;

namespace Ingest.Tail;

/// <summary>The text of a gzip file, of one or several members, as a stream that can be read from any position. Behind
/// the furthest position read, the last bytes are still in memory, as are the first ones; anything between them is
/// decompressed again from the beginning.</summary>
/// <param name="file">The file; disposed with this.</param>
internal sealed class InflatedFile(FileStream file) : Stream
{
    /// <summary>The number of bytes in memory: more than <see cref="LogFile"/> reads before it looks back.</summary>
    private const int KeptBytes = 2 * 1024 * 1024,
        HeadBytes = 4096;

    private readonly byte[] _head = new byte[HeadBytes];

    /// <summary>The last bytes, each at its position modulo the length.</summary>
    private readonly byte[] _kept = new byte[KeptBytes];
    private GZipStream _inflating = Start(file);

    /// <summary>The number of bytes decompressed.</summary>
    private long _inflated;

    public override bool CanRead => true;
    public override bool CanSeek => true;
    public override bool CanWrite => false;
    public override long Position { get; set; }

    /// <summary>Unknown before the end: a gzip file has the length of its last member only.</summary>
    public override long Length => throw new NotSupportedException();

    /// <summary>Whether a file is one of gzip.</summary>
    internal static bool IsCompressed(FileStream file)
    {
        Span<byte> magic = stackalloc byte[2];
        int read = file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        file.Position = 0;
        return read == 2 && magic.SequenceEqual((ReadOnlySpan<byte>)[0x1F, 0x8B]);
    }

    public override int Read(Span<byte> into)
    {
        if (Position < Math.Min(_inflated, HeadBytes))
        {
            return Copied(_head.AsSpan((int)Position, (int)(Math.Min(_inflated, HeadBytes) - Position)), into);
        }

        if (Position < _inflated - KeptBytes)
        {
            _inflating.Dispose();
            file.Position = 0;
            _inflating = Start(file);
            _inflated = 0;
        }

        while (Position >= _inflated)
        {
            if (Inflate() == 0)
            {
                return 0;
            }
        }

        int at = (int)(Position % KeptBytes);
        int length = (int)Math.Min(_inflated - Position, KeptBytes - at);
        return Copied(_kept.AsSpan(at, length), into);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Read(buffer.Span));

    public override long Seek(long offset, SeekOrigin origin) =>
        Position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => Position + offset,
            _ => throw new NotSupportedException(),
        };

    public override void Flush() { }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inflating.Dispose();
            file.Dispose();
        }

        base.Dispose(disposing);
    }

    private static GZipStream Start(FileStream file) => new(file, CompressionMode.Decompress, leaveOpen: true);

    private int Inflate()
    {
        int at = (int)(_inflated % KeptBytes);
        int read = _inflating.Read(_kept, at, KeptBytes - at);
        if (_inflated < HeadBytes)
        {
            _kept.AsSpan(at, (int)Math.Min(read, HeadBytes - _inflated)).CopyTo(_head.AsSpan((int)_inflated));
        }

        _inflated += read;
        return read;
    }

    private int Copied(ReadOnlySpan<byte> from, Span<byte> into)
    {
        int length = Math.Min(from.Length, into.Length);
        from[..length].CopyTo(into);
        Position += length;
        return length;
    }
}
