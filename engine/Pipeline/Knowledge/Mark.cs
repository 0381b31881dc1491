using System.Globalization;
using System.Text;
using System.Text.Json;
using Engine.Primitives;

namespace Engine.Pipeline.Knowledge;

/// <summary>A record of the topic <c>marks</c>: from which offset of its own partition on an owner uses what it has
/// read of other partitions.</summary>
/// <param name="Owner">The ownership: the value of <c>owner</c> in Redis.</param>
/// <param name="Number">Its number in the ownership, from 1. With the first one the ownership begins: marks of earlier
/// ones count only for records before <see cref="From"/>.</param>
/// <param name="From">The first offset that is decided with it.</param>
/// <param name="Until">The offset before which its owner writes the next mark. It tells a later owner how far records
/// can have been decided with this one.</param>
/// <param name="Known">What was read of other partitions.</param>
public sealed record Mark(long Owner, int Number, long From, long Until, KnownOffsets Known)
{
    public bool IsFirst => Number == 1;

    /// <summary>The record's key, <c>&lt;group&gt;/interactions-2</c>.</summary>
    public static string Key(string group, string partition) => $"{group}/{partition}";

    /// <summary>The record's value, in JSON.</summary>
    public byte[] Value()
    {
        var json = new Utf8Builder(256);
        json.Add("{\"owner\":"u8).Number(Owner).Add(",\"number\":"u8).Number(Number);
        json.Add(",\"from\":"u8).Number(From).Add(",\"until\":"u8).Number(Until);
        Write(json, ",\"standings\":["u8, Known.Standings);
        Write(json, ",\"path-signatures\":["u8, Known.Signatures);
        Write(json, ",\"labels\":["u8, Known.Labels);
        Write(json, ",\"followed\":["u8, Known.Followed);
        return json.Add("}"u8).Written.ToArray();
    }

    /// <summary>Reads a record's value; null if it isn't a mark.</summary>
    public static Mark? Read(ReadOnlySpan<byte> value)
    {
        try
        {
            var reader = new Utf8JsonReader(value);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            JsonElement json = document.RootElement;
            return new Mark(
                json.GetProperty("owner").GetInt64(),
                json.GetProperty("number").GetInt32(),
                json.GetProperty("from").GetInt64(),
                json.GetProperty("until").GetInt64(),
                new KnownOffsets(
                    Offsets(json.GetProperty("standings")),
                    Offsets(json.GetProperty("path-signatures")),
                    Offsets(json.GetProperty("labels")),
                    // Marks of earlier versions have none.
                    json.TryGetProperty("followed", out JsonElement followed)
                        ? Offsets(followed)
                        : []
                )
            );
        }
        catch (Exception e)
            when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static void Write(Utf8Builder json, ReadOnlySpan<byte> name, long[] offsets)
    {
        json.Add(name);
        json.Add(Encoding.ASCII.GetBytes(string.Join(',', offsets.Select(Text))));
        json.Add("]"u8);

        static string Text(long offset) => offset.ToString(CultureInfo.InvariantCulture);
    }

    private static long[] Offsets(JsonElement array) => [.. array.EnumerateArray().Select(one => one.GetInt64())];
}
