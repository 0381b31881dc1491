using System.Globalization;
using System.Text.Json;
using Engine.Contracts;

namespace Engine.Pipeline.Standing;

/// <summary>Sums as a partition wrote them, immutable, and the fingerprint under which partitions look their key up.</summary>
/// <param name="Partition">Of <c>interactions</c>, whose sums they are.</param>
public readonly record struct WrittenSums(int Partition, ulong Key, StandingSums Sums);

/// <summary>
/// A record of the topic <c>standings</c>: key <c>kind/id/&lt;topic&gt;-&lt;p&gt;</c>, value the partition's absolute sums in JSON, with the
/// offset that they cover. Doubles are written so that they read back as they were: a restart goes on with the same bits.
/// </summary>
public static class StandingRecord
{
    private static readonly string[] Kinds = ["network", "visitor", "publisher", "campaign"];
    private const string Mark = "written";
    private static readonly string PartitionPrefix = Topics.Interactions + "-";

    public static string Key(StandingSums sums, string partition) => $"{Kinds[(int)sums.Kind]}/{sums.Name}/{partition}";

    public static byte[] Value(StandingSums sums, long covers) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        clicks = sums.Clicks, invalid = sums.Invalid, recent_clicks = sums.RecentClicks, recent_invalid = sums.RecentInvalid,
        cost_micros = sums.CostMicros, lost_micros = sums.LostMicros, time = sums.LogTime, covers,
    });

    /// <summary>The key under which a partition says how far its sums are written: everything that was due before the offset is there.</summary>
    public static string MarkKey(string partition) => $"{Mark}/all/{partition}";

    /// <param name="logTime">Log time up to the offset, ms.</param>
    public static byte[] MarkValue(long covers, long logTime) => JsonSerializer.SerializeToUtf8Bytes(new { time = logTime, covers });

    /// <summary>Reads how far a partition's sums are written; null where a record says something else.</summary>
    public static (int Partition, long LogTime)? ReadMark(string key, ReadOnlySpan<byte> value)
    {
        if (!key.StartsWith(Mark + "/", StringComparison.Ordinal) || PartitionOf(key) is not { } partition) return null;
        try
        {
            var reader = new Utf8JsonReader(value);
            using JsonDocument json = JsonDocument.ParseValue(ref reader);
            return (partition, json.RootElement.GetProperty("time").GetInt64());
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Reads a record; null where it is none of a partition's standings.</summary>
    public static WrittenSums? Read(string key, ReadOnlySpan<byte> value, KeyedHash hash)
    {
        int slash = key.IndexOf('/'), last = key.LastIndexOf('/');
        int kind = slash > 0 ? Array.IndexOf(Kinds, key[..slash]) : -1;
        if (kind < 0 || last <= slash + 1 || PartitionOf(key) is not { } partition) return null;
        return Sums((StandingKind)kind, key[(slash + 1)..last], value) is { } sums && Fingerprint(sums, hash) is var found and not 0
            ? new WrittenSums(partition, found, sums) : null;
    }

    private static int? PartitionOf(string key)
    {
        ReadOnlySpan<char> name = key.AsSpan(key.LastIndexOf('/') + 1);
        return name.StartsWith(PartitionPrefix, StringComparison.Ordinal) && int.TryParse(name[PartitionPrefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int partition) ? partition : null;
    }

    private static StandingSums? Sums(StandingKind kind, string name, ReadOnlySpan<byte> value)
    {
        try
        {
            var reader = new Utf8JsonReader(value);
            using JsonDocument json = JsonDocument.ParseValue(ref reader);
            JsonElement root = json.RootElement;
            return new StandingSums
            {
                Kind = kind, Name = name,
                Clicks = root.GetProperty("clicks").GetDouble(), Invalid = root.GetProperty("invalid").GetDouble(),
                RecentClicks = root.GetProperty("recent_clicks").GetDouble(), RecentInvalid = root.GetProperty("recent_invalid").GetDouble(),
                CostMicros = root.GetProperty("cost_micros").GetInt64(), LostMicros = root.GetProperty("lost_micros").GetInt64(),
                LogTime = root.GetProperty("time").GetInt64(), Covers = root.GetProperty("covers").GetInt64(),
            };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>The fingerprint under which a partition looks a sum up.</summary>
    public static ulong Fingerprint(StandingSums sums, KeyedHash hash)
    {
        byte[] name = System.Text.Encoding.ASCII.GetBytes(sums.Name);
        return sums.Kind switch
        {
            StandingKind.Visitor => Fingerprints.Visitor(hash, name),
            StandingKind.Publisher => Fingerprints.Publisher(hash, name),
            StandingKind.Campaign => Fingerprints.Campaign(hash, name),
            _ => Contracts.IpAddress.TryParse(sums.Name.Split('/')[0], out Contracts.IpAddress address) ? Fingerprints.Network(hash, address) : 0,
        };
    }
}
