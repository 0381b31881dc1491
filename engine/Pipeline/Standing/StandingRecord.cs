using System.Globalization;
using System.Text.Json;
using Engine.Contracts;
using Engine.Pipeline.Keys;
using Engine.Primitives;

namespace Engine.Pipeline.Standing;

/// <summary>Sums as written by a partition, immutable, with the fingerprint under which partitions look up their
/// key.</summary>
/// <param name="Partition">The partition of <c>interactions</c> that the sums belong to.</param>
public readonly record struct WrittenSums(int Partition, ulong Key, StandingSums Sums);

/// <summary>A record of the topic <c>standings</c>. The key is <c>kind/id/&lt;topic&gt;-&lt;p&gt;</c>, the value the
/// partition's absolute sums in JSON, with the offset that they cover. Doubles round-trip exactly, so that a restart
/// goes on with the same bits.</summary>
public static class StandingRecord
{
    private static readonly string[] Kinds = ["network", "visitor", "publisher", "campaign"];
    private const string Mark = "written";
    private static readonly string PartitionPrefix = Topics.Interactions + "-";

    public static string Key(StandingSums sums, string partition) => $"{Kinds[(int)sums.Kind]}/{sums.Name}/{partition}";

    public static byte[] Value(StandingSums sums, long covers) =>
        new Utf8Builder(256)
            .Add("{\"clicks\":"u8)
            .Exact(sums.Clicks)
            .Add(",\"invalid\":"u8)
            .Exact(sums.Invalid)
            .Add(",\"recent_clicks\":"u8)
            .Exact(sums.RecentClicks)
            .Add(",\"recent_invalid\":"u8)
            .Exact(sums.RecentInvalid)
            .Add(",\"cost_micros\":"u8)
            .Number(sums.CostMicros)
            .Add(",\"lost_micros\":"u8)
            .Number(sums.LostMicros)
            .Add(",\"time\":"u8)
            .Number(sums.LogTime)
            .Add(",\"covers\":"u8)
            .Number(covers)
            .Add("}"u8)
            .Written.ToArray();

    /// <summary>The key of a partition's mark, which records how far its sums are written: everything that was due
    /// before the offset is in the topic.</summary>
    public static string MarkKey(string partition) => $"{Mark}/all/{partition}";

    /// <param name="covers">The offset.</param>
    /// <param name="logTime">The log time at the offset, ms.</param>
    public static byte[] MarkValue(long covers, long logTime) =>
        new Utf8Builder(64)
            .Add("{\"time\":"u8)
            .Number(logTime)
            .Add(",\"covers\":"u8)
            .Number(covers)
            .Add("}"u8)
            .Written.ToArray();

    /// <summary>Reads a partition's mark; null if the record isn't one.</summary>
    public static (int Partition, long LogTime)? ReadMark(string key, ReadOnlySpan<byte> value)
    {
        if (!key.StartsWith(Mark + "/", StringComparison.Ordinal) || PartitionOf(key) is not { } partition)
        {
            return null;
        }

        try
        {
            var reader = new Utf8JsonReader(value);
            using JsonDocument json = JsonDocument.ParseValue(ref reader);
            return (partition, json.RootElement.GetProperty("time").GetInt64());
        }
        catch (Exception e)
            when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Reads a record; null if it isn't a partition's standing.</summary>
    public static WrittenSums? Read(string key, ReadOnlySpan<byte> value, KeyedHash hash)
    {
        int slash = key.IndexOf('/'),
            last = key.LastIndexOf('/');
        int kind = slash > 0 ? Array.IndexOf(Kinds, key[..slash]) : -1;
        if (kind < 0 || last <= slash + 1 || PartitionOf(key) is not { } partition)
        {
            return null;
        }

        return
            Sums((StandingKind)kind, key[(slash + 1)..last], value) is { } sums
            && Fingerprint(sums, hash) is var found and not 0
            ? new WrittenSums(partition, found, sums)
            : null;
    }

    private static int? PartitionOf(string key)
    {
        ReadOnlySpan<char> name = key.AsSpan(key.LastIndexOf('/') + 1);
        return
            name.StartsWith(PartitionPrefix, StringComparison.Ordinal)
            && int.TryParse(
                name[PartitionPrefix.Length..],
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out int partition
            )
            ? partition
            : null;
    }

    /// <summary>Reads the sums in a value; null if one is missing or isn't a number.</summary>
    private static StandingSums? Sums(StandingKind kind, string name, ReadOnlySpan<byte> value)
    {
        var sums = new StandingSums { Kind = kind, Name = name };
        int found = 0;
        try
        {
            var reader = new Utf8JsonReader(value);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                int field = Field(reader);
                reader.Read();
                if (field < 0)
                {
                    reader.Skip();
                }
                else
                {
                    Set(sums, field, reader);
                }

                if (field >= 0)
                {
                    found |= 1 << field;
                }
            }
            return found == (1 << 8) - 1 && AreFinite(sums) ? sums : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>An infinity, as 1e999 is read, would make every sum that it is added to one, or none at all.</summary>
    private static bool AreFinite(StandingSums sums) =>
        double.IsFinite(sums.Clicks)
        && double.IsFinite(sums.Invalid)
        && double.IsFinite(sums.RecentClicks)
        && double.IsFinite(sums.RecentInvalid);

    private static int Field(in Utf8JsonReader reader) =>
        reader.ValueTextEquals("clicks"u8) ? 0
        : reader.ValueTextEquals("invalid"u8) ? 1
        : reader.ValueTextEquals("recent_clicks"u8) ? 2
        : reader.ValueTextEquals("recent_invalid"u8) ? 3
        : reader.ValueTextEquals("cost_micros"u8) ? 4
        : reader.ValueTextEquals("lost_micros"u8) ? 5
        : reader.ValueTextEquals("time"u8) ? 6
        : reader.ValueTextEquals("covers"u8) ? 7
        : -1;

    private static void Set(StandingSums sums, int field, in Utf8JsonReader reader)
    {
        switch (field)
        {
            case 0:
                sums.Clicks = reader.GetDouble();
                break;
            case 1:
                sums.Invalid = reader.GetDouble();
                break;
            case 2:
                sums.RecentClicks = reader.GetDouble();
                break;
            case 3:
                sums.RecentInvalid = reader.GetDouble();
                break;
            case 4:
                sums.CostMicros = reader.GetInt64();
                break;
            case 5:
                sums.LostMicros = reader.GetInt64();
                break;
            case 6:
                sums.LogTime = reader.GetInt64();
                break;
            default:
                sums.Covers = reader.GetInt64();
                break;
        }
    }

    /// <summary>The fingerprint under which a partition looks up the sums.</summary>
    public static ulong Fingerprint(StandingSums sums, KeyedHash hash)
    {
        byte[] name = System.Text.Encoding.ASCII.GetBytes(sums.Name);
        return sums.Kind switch
        {
            StandingKind.Visitor => Fingerprints.Visitor(hash, name),
            StandingKind.Publisher => Fingerprints.Publisher(hash, name),
            StandingKind.Campaign => Fingerprints.Campaign(hash, name),
            _ => Contracts.IpAddress.TryParse(sums.Name.Split('/')[0], out Contracts.IpAddress address)
                ? Fingerprints.Network(hash, address)
                : 0,
        };
    }
}
