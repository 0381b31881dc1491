using System.Text;
using Confluent.Kafka;
using Engine.Contracts;
using Engine.Partitions.Kafka;
using Engine.Pipeline.Consume.Logs;
using Engine.Pipeline.Knowledge;
using Engine.Pipeline.Standing;
using Engine.Primitives;

namespace Engine.Pipeline.Consume.Followers;

/// <summary>Reads <c>standings</c> once, to its current end, for partitions that are taken over. For each key it keeps
/// the sums told since the beginning of the stretch to rebuild, not only the last: a click decided again must see what
/// was known then.</summary>
internal static class StandingsReader
{
    /// <summary>The maximum number of records kept, 200 bytes each; beyond it, only the last of each key, and clicks
    /// decided again may see more than was known then.</summary>
    private const int MaxRecords = 2_000_000;

    /// <summary>Reads the sums of every key, of each partition of the topic in its order.</summary>
    /// <param name="known">Of each partition of the topic, an offset before which only the last sums of a key matter; 0
    /// for one that isn't listed.</param>
    /// <param name="logTime">A log time, ms, after which all sums matter: their own partitions' owners use them by
    /// log time.</param>
    public static List<Told<WrittenSums>> Read(
        KafkaTarget kafka,
        string prefix,
        KeyedHash hash,
        long[] known,
        long logTime
    )
    {
        var found = new Dictionary<(ulong Key, int Partition), List<Told<WrittenSums>>>();
        int count = 0;
        bool isCrowded = false;
        foreach (
            ConsumeResult<byte[], byte[]> record in TopicScan.Read(
                kafka,
                prefix + Topics.Standings,
                TimeProvider.System
            )
        )
        {
            if (Read(record, hash) is not { } written)
            {
                continue;
            }

            var told = new Told<WrittenSums>(record.Partition.Value, record.Offset.Value, written);
            if (!found.TryGetValue((written.Key, written.Partition), out List<Told<WrittenSums>>? before))
            {
                found.Add((written.Key, written.Partition), before = []);
            }

            if (before.Count > 0 && IsPast(told) && IsPast(before[^1]))
            {
                // Of two sums that are both known, the one that covers more counts.
                if (before[^1].What.Sums.Covers <= written.Sums.Covers)
                {
                    before[^1] = told;
                }
            }
            else
            {
                before.Add(told);
                count++;
            }

            if (count <= MaxRecords || isCrowded)
            {
                continue;
            }

            isCrowded = true;
            foreach (List<Told<WrittenSums>> sums in found.Values)
            {
                sums.RemoveRange(0, sums.Count - 1);
            }
        }
        return [.. found.Values.SelectMany(sums => sums).OrderBy(one => one.Partition).ThenBy(one => one.Offset)];

        bool IsPast(in Told<WrittenSums> told) =>
            isCrowded || (told.Offset < known.ElementAtOrDefault(told.Partition) && told.What.Sums.LogTime < logTime);
    }

    /// <summary>Reads the sums in a record; null if it has none.</summary>
    public static WrittenSums? Read(ConsumeResult<byte[], byte[]> record, KeyedHash hash) =>
        record.Message is { Key: { } key, Value: { } value }
            ? StandingRecord.Read(Encoding.ASCII.GetString(key), value, hash)
            : null;
}
