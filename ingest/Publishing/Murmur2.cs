namespace Ingest.Publishing;

/// <summary>
/// The 32-bit murmur2 that Kafka's Java clients partition by (<c>org.apache.kafka.common.utils.Utils.murmur2</c>, seed
/// 0x9747b28c), which librdkafka calls <c>murmur2_random</c>. The producer does the partitioning; this one tells
/// beforehand where a key will lie.
/// </summary>
public static class Murmur2
{
    private const uint Multiplier = 0x5bd1e995;
    private const uint Seed = 0x9747b28c;

    /// <summary>The hash as Java shows it: a signed number.</summary>
    public static int Hash(ReadOnlySpan<byte> key)
    {
        uint hash = Seed ^ (uint)key.Length;
        int at = 0;
        for (; at + 4 <= key.Length; at += 4)
        {
            uint word = (uint)(key[at] | key[at + 1] << 8 | key[at + 2] << 16 | key[at + 3] << 24);
            word *= Multiplier;
            word ^= word >> 24;
            word *= Multiplier;
            hash = (hash * Multiplier) ^ word;
        }
        int left = key.Length - at;
        if (left == 3)
        {
            hash ^= (uint)key[at + 2] << 16;
        }

        if (left >= 2)
        {
            hash ^= (uint)key[at + 1] << 8;
        }

        if (left >= 1)
        {
            hash = (hash ^ key[at]) * Multiplier;
        }

        hash ^= hash >> 13;
        hash *= Multiplier;
        hash ^= hash >> 15;
        return (int)hash;
    }

    /// <summary>
    /// The partition of a key among so many: the hash without its sign, as Java's <c>toPositive</c> has it.
    /// </summary>
    public static int Partition(ReadOnlySpan<byte> key, int partitions) => (Hash(key) & 0x7fffffff) % partitions;
}
