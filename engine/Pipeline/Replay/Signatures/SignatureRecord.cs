using System.Buffers.Binary;

namespace Engine.Pipeline.Replay.Signatures;

/// <summary>A value of the topic <c>path-signatures</c>; the key is the click's id. It has 150 bytes, little-endian:
/// the signature (130), and the click's log time in ms (i64), partition (i32) and offset (i64).</summary>
public static class SignatureRecord
{
    public const int Size = PathSignature.Size + 20;

    public static void Write(in PathSignature signature, long logTime, int partition, long offset, Span<byte> into)
    {
        signature.CopyTo(into[..PathSignature.Size]);
        BinaryPrimitives.WriteInt64LittleEndian(into[PathSignature.Size..], logTime);
        BinaryPrimitives.WriteInt32LittleEndian(into[(PathSignature.Size + 8)..], partition);
        BinaryPrimitives.WriteInt64LittleEndian(into[(PathSignature.Size + 12)..], offset);
    }

    /// <summary>Reads a record. Returns false if the bytes aren't one.</summary>
    public static bool TryRead(
        ReadOnlySpan<byte> record,
        out PathSignature signature,
        out long logTime,
        out int partition,
        out long offset
    )
    {
        (signature, logTime, partition, offset) = (default, 0, 0, 0);
        if (record.Length != Size || !PathSignature.TryDecode(record[..PathSignature.Size], out signature))
        {
            return false;
        }

        logTime = BinaryPrimitives.ReadInt64LittleEndian(record[PathSignature.Size..]);
        partition = BinaryPrimitives.ReadInt32LittleEndian(record[(PathSignature.Size + 8)..]);
        offset = BinaryPrimitives.ReadInt64LittleEndian(record[(PathSignature.Size + 12)..]);
        return partition is >= 0 and <= ushort.MaxValue && offset is >= 0 and < 1L << 48;
    }
}
