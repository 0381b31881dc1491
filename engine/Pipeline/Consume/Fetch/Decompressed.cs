using System.Buffers.Binary;
using System.Runtime.InteropServices;
using K4os.Compression.LZ4;

namespace Engine.Pipeline.Consume.Fetch;

/// <summary>Decompresses batches to blocks of memory that stay in place until <see cref="Clear"/>, as records point
/// into them. Reads LZ4's frame format, as Kafka's clients write it
/// (https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md):
/// <code>magic 4, flags 1, block descriptor 1, [content size 8], header checksum 1, (block size 4, block, [checksum
/// 4])*, end mark 4, [checksum 4]</code></summary>
public sealed unsafe class Decompressed : IDisposable
{
    private const uint Magic = 0x184D2204,
        Stored = 0x80000000;
    private const int Independent = 0x20,
        BlockChecksum = 0x10,
        ContentSize = 0x08,
        Dictionary = 0x01,
        Window = 64 * 1024;

    /// <summary>The size of a memory block, larger than most batches.</summary>
    private const nuint BlockBytes = 1024 * 1024;

    /// <summary>The number of blocks kept for reuse, enough for a typical response, so that the system needn't clear
    /// memory each time.</summary>
    private const int KeptBlocks = 8;

    private readonly List<(nint At, nuint Bytes)> _blocks = [];
    private int _block;
    private nuint _used;

    /// <summary>Bytes decompressed since the last <see cref="Clear"/>.</summary>
    public long Bytes { get; private set; }

    /// <summary>Discards everything decompressed, and frees all but a few blocks of the usual size.</summary>
    public void Clear()
    {
        for (int i = _blocks.Count - 1; i >= 0; i--)
        {
            if (i < KeptBlocks && _blocks[i].Bytes == BlockBytes)
            {
                continue;
            }

            NativeMemory.Free((void*)_blocks[i].At);
            _blocks.RemoveAt(i);
        }
        (_block, _used, Bytes) = (0, 0, 0);
    }

    /// <summary>Decompresses a frame and replaces its bounds by those of its contents. Returns false if it is
    /// malformed.</summary>
    public bool TryLz4(ref byte* at, ref byte* end)
    {
        if (!TryHeader(at, end, out byte* blocks, out int flags, out int maxBlock))
        {
            return false;
        }

        long maxBytes = MaxUnpacked(blocks, end, flags, maxBlock);
        byte* into = Reserve((nuint)maxBytes);
        byte* written = into;
        for (byte* block = blocks; end - block >= 4;)
        {
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(new ReadOnlySpan<byte>(block, 4));
            if (size == 0)
            {
                at = into;
                end = written;
                Use((nuint)(written - into));
                return true;
            }
            int length = (int)(size & ~Stored);
            block += 4;
            if (length < 0 || length > end - block || length > maxBlock)
            {
                return false;
            }

            var packed = new ReadOnlySpan<byte>(block, length);
            var room = new Span<byte>(written, (int)Math.Min(maxBlock, maxBytes - (written - into)));
            block += length + ((flags & BlockChecksum) != 0 ? 4 : 0);
            if ((size & Stored) != 0)
            {
                if (!packed.TryCopyTo(room))
                {
                    return false;
                }
            }
            else
            {
                int before = (flags & Independent) == 0 ? (int)Math.Min(written - into, Window) : 0;
                length = LZ4Codec.Decode(packed, room, new ReadOnlySpan<byte>(written - before, before));
                if (length < 0)
                {
                    return false;
                }
            }
            written += length;
        }
        return false;
    }

    private static bool TryHeader(byte* at, byte* end, out byte* blocks, out int flags, out int maxBlock)
    {
        blocks = null;
        (flags, maxBlock) = (0, 0);
        if (end - at < 7 || BinaryPrimitives.ReadUInt32LittleEndian(new ReadOnlySpan<byte>(at, 4)) != Magic)
        {
            return false;
        }

        flags = at[4];
        int size = (at[5] >> 4) & 7;
        if (flags >> 6 != 1 || (flags & Dictionary) != 0 || size < 4)
        {
            return false;
        }

        maxBlock = 1 << (8 + 2 * size); // 4: 64 KB, 5: 256 KB, 6: 1 MB, 7: 4 MB
        blocks = at + 7 + ((flags & ContentSize) != 0 ? 8 : 0);
        return true;
    }

    /// <summary>An upper bound of a frame's decompressed length. LZ4 expands a byte to at most 255, so a small frame
    /// can't request much memory.</summary>
    private static long MaxUnpacked(byte* block, byte* end, int flags, int maxBlock)
    {
        long maxBytes = 0;
        while (end - block >= 4)
        {
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(new ReadOnlySpan<byte>(block, 4));
            if (size == 0)
            {
                break;
            }

            long length = size & ~Stored,
                step = 4 + length + ((flags & BlockChecksum) != 0 ? 4 : 0);
            maxBytes += Math.Min(maxBlock, length * 255 + 64);
            if (step > end - block)
            {
                break;
            }

            block += step;
        }
        return maxBytes;
    }

    private byte* Reserve(nuint bytes)
    {
        while (_block < _blocks.Count && _blocks[_block].Bytes - _used < bytes)
        {
            (_block, _used) = (_block + 1, 0);
        }

        if (_block == _blocks.Count)
        {
            nuint size = Math.Max(bytes, BlockBytes);
            _blocks.Add(((nint)NativeMemory.Alloc(size), size));
        }
        return (byte*)_blocks[_block].At + _used;
    }

    private void Use(nuint bytes)
    {
        _used += bytes;
        Bytes += (long)bytes;
    }

    public void Dispose()
    {
        foreach ((nint at, _) in _blocks)
        {
            NativeMemory.Free((void*)at);
        }

        _blocks.Clear();
    }
}
