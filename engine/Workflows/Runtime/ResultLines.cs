using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Engine.Workflows.Module;

namespace Engine.Workflows.Runtime;

/// <summary>Writes results as lines <c>{"topic":"bindings","key":"binding:b-1","result":{…}}</c>, with documented keys.
/// A value or a record takes a line each time it is written, in order of decision, so the last line of a key equals
/// what Redis holds. Hashes and sorted sets, which grow with every event, follow after all other lines
/// (<see cref="WriteSums"/>), one line each, by topic and key: counts as numbers, texts as strings, members of sorted
/// sets with their scores, highest first. The output omits memory and channel messages, which aren't results to look
/// up, and events of our own, which are in the log.</summary>
/// <param name="output">UTF-8, each line ending with a newline.</param>
internal sealed class ResultLines(Stream output) : IResults
{
    // Never embedded in a page, so quotes and ampersands stay readable.
    private static readonly JavaScriptEncoder Readable = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    private readonly SortedDictionary<(string Topic, string Key), SortedDictionary<string, string>> _hashes = new(
        ByName
    );
    private readonly SortedDictionary<(string Topic, string Key), Dictionary<string, double>> _sets = new(ByName);
    private readonly ArrayBufferWriter<byte> _line = new(1024);

    private static Comparer<(string Topic, string Key)> ByName { get; } =
        Comparer<(string Topic, string Key)>.Create(
            (a, b) =>
                string.CompareOrdinal(a.Topic, b.Topic) is var topics and not 0
                    ? topics
                    : string.CompareOrdinal(a.Key, b.Key)
        );

    /// <summary>The topic of the event being decided.</summary>
    public string Topic { get; set; } = "";

    /// <summary>The number of lines written.</summary>
    public long Written { get; private set; }

    public void Set(string key, string json) => Write(Topic, key, line => line.WriteRawValue(json));

    public void Count(string key, string field, long by)
    {
        SortedDictionary<string, string> hash = HashOf(key);
        hash[field] = (
            (
                hash.TryGetValue(field, out string? before)
                    ? long.Parse(before, System.Globalization.CultureInfo.InvariantCulture)
                    : 0
            ) + by
        ).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    public void Put(string key, string field, string? value)
    {
        if (value == null)
        {
            HashOf(key).Remove(field);
        }
        else
        {
            HashOf(key)[field] = value.StartsWith('{') ? value : $"\"{JsonEncodedText.Encode(value, Readable)}\"";
        }
    }

    public void Replace(RecordChange change)
    {
        Set(change.Key, change.Json);
        foreach (MemberChange member in change.Members)
        {
            if (!_sets.TryGetValue((Topic, member.Key), out Dictionary<string, double>? set))
            {
                _sets[(Topic, member.Key)] = set = new Dictionary<string, double>(StringComparer.Ordinal);
            }

            if (member.How == MemberMove.Remove)
            {
                set.Remove(member.Member);
            }
            else if (member.How == MemberMove.Add || set.ContainsKey(member.Member))
            {
                set[member.Member] = member.Score;
            }
        }
    }

    public void Notify(string recipient, string json) =>
        Write(Contracts.Topics.Notifications, recipient, line => line.WriteRawValue(json));

    public void Remember(string field, string? value) { }

    public void Shadowed(string rule) { }

    public void Publish(string channel, string json) { }

    public void Send(string topic, string key, string json) { }

    /// <summary>Writes all hashes and sorted sets that aren't empty.</summary>
    public void WriteSums()
    {
        foreach (((string topic, string key), SortedDictionary<string, string> hash) in _hashes)
        {
            if (hash.Count > 0)
            {
                Write(topic, key, line =>
                {
                    line.WriteStartObject();
                    foreach ((string field, string json) in hash)
                    {
                        line.WritePropertyName(field);
                        line.WriteRawValue(json);
                    }
                    line.WriteEndObject();
                });
            }
        }

        foreach (((string topic, string key), Dictionary<string, double> set) in _sets)
        {
            if (set.Count > 0)
            {
                Write(topic, key, line =>
                {
                    line.WriteStartObject();
                    // The order of ZREVRANGE.
                    foreach (
                        (string member, double score) in set.OrderByDescending(entry => entry.Value)
                            .ThenByDescending(entry => entry.Key, StringComparer.Ordinal)
                    )
                    {
                        line.WriteNumber(member, score);
                    }

                    line.WriteEndObject();
                });
            }
        }
    }

    private void Write(string topic, string key, Action<Utf8JsonWriter> result)
    {
        _line.ResetWrittenCount();
        using (var line = new Utf8JsonWriter(_line, new JsonWriterOptions { Encoder = Readable }))
        {
            line.WriteStartObject();
            line.WriteString("topic"u8, topic);
            line.WriteString("key"u8, key);
            line.WritePropertyName("result"u8);
            result(line);
            line.WriteEndObject();
        }
        output.Write(_line.WrittenSpan);
        output.WriteByte((byte)'\n');
        Written++;
    }

    private SortedDictionary<string, string> HashOf(string key)
    {
        if (!_hashes.TryGetValue((Topic, key), out SortedDictionary<string, string>? hash))
        {
            _hashes[(Topic, key)] = hash = new SortedDictionary<string, string>(StringComparer.Ordinal);
        }

        return hash;
    }
}
