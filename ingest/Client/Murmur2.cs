namespace Engine.Client;

/// <summary>The 32-bit murmur2 hash that Kafka's Java clients partition with
/// (<c>org.apache.kafka.common.utils.Utils.murmur2</c>, seed 0x9747b28c), called <c>murmur2_random</c> in librdkafka.
/// <see cref="EventPublisher"/> partitions on its own; this computes a key's partition in advance.</summary>
public static class Murmur2
{
    private const uint Multiplier = 0x5bd1e995;
    private const uint Seed = 0x9747b28c;

    /// <summary>Returns the hash as a signed number, as in Java.</summary>
    /// <param name="key">The record's key, encoded in UTF-8.</param>
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

    /// <summary>Returns a key's partition, from the hash without its sign, as Java's <c>toPositive</c> computes
    /// it.</summary>
    /// <param name="key">The record's key, encoded in UTF-8.</param>
    /// <param name="partitions">The number of partitions of the topic, 1 or more.</param>
    /// <returns>From 0 to <paramref name="partitions"/> - 1.</returns>
    public static int Partition(ReadOnlySpan<byte> key, int partitions) => (Hash(key) & 0x7fffffff) % partitions;
}
