using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Decode;

namespace Bench.Micro;

/// <summary>A log of clicks in memory, as producers send them: 200,000 visitors on 60,000 addresses in 8,000 networks,
/// with Zipf distributions, 300 campaigns and 500 publishers, about 460 bytes of JSON each, at 20,000 clicks per second
/// of event time. With another number of visitors, addresses and networks scale with it, and all visitors are equally
/// frequent. The same seed gives the same log.</summary>
internal sealed unsafe class ClickLog : IDisposable
{
    public const int Visitors = 200_000;

    private const int Publishers = 500,
        Campaigns = 300;
    public const long Begin = 1_767_268_800_000;

    private static readonly string[] Agents =
    [
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 "
            + "Safari/537.36",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 "
            + "Safari/605.1.15",
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile "
            + "Safari/537.36",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
    ];

    private readonly byte* _bytes;
    private readonly (long At, int Length, int Key, long Time)[] _events;
    private readonly byte[][] _keys;
    private readonly byte* _keyBytes;
    private readonly int[] _keyAt;

    public ClickLog(int count, bool alternating = false, int seed = 7, int visitors = Visitors, PathLog? moves = null)
    {
        int addresses = visitors / 10 * 3,
            networks = Math.Max(1, visitors / 25);
        double skew = visitors == Visitors ? 2.2 : 1;
        var random = new Random(seed);
        var text = new MemoryStream();
        _events = new (long, int, int, long)[count];
        _keys = new byte[networks][];
        for (int i = 0; i < count; i++)
        {
            int visitor = (int)(visitors * Math.Pow(random.NextDouble(), skew)),
                address = (int)(visitor * 7919L % addresses),
                network = address % networks;
            long time = Begin + i / 20;
            string net = $"{23 + network / 2000}.{network / 50 % 40 * 6}.{network % 50 * 5}.";
            _keys[network] ??= Encoding.ASCII.GetBytes(net + "0/24");
            int shape = alternating ? i % 3 : 0;
            string who = shape == 1 ? "" : $",\"visitor\":\"v-{visitor}\"";
            string page =
                shape == 2
                    ? ""
                    : $",\"page\":\"https://p{random.Next(Publishers)}.example/a/{random.Next(1000)}\""
                        + $",\"referrer\":\"\"";
            string device =
                shape == 1
                    ? ",\"device\":{\"make\":\"Acme\",\"model\":\"A1\",\"os\":\"Android\""
                        + ",\"osv\":\"14\",\"language\":\"de\"}"
                    : "";
            string json =
                $"{{\"type\":\"click\",\"id\":\"c-{i}\",\"time\":{time}"
                + $",\"ip\":\"{net}{10 + 23 * (address / networks)}\""
                + $",\"ua\":\"{Agents[visitor % Agents.Length]}\"{who}"
                + $",\"publisher\":\"pub-{(int)(Publishers * Math.Pow(random.NextDouble(), 2))}\""
                + $",\"placement\":\"top\""
                + $",\"campaign\":\"cmp-{(int)(Campaigns * Math.Pow(random.NextDouble(), 2))}\""
                + $",\"advertiser\":\"adv-{visitor % 90}\""
                + $",\"cost_micros\":{50_000 + 10_000 * random.Next(60)}{page}"
                + $",\"target\":\"https://s{visitor % 90}.example/p/{visitor % 300}\",\"pointer\":\"mouse\""
                + $",\"x\":{random.Next(1280)},\"y\":{random.Next(720)},\"viewport\":[1280,720]"
                + $"{device}{(moves == null ? "" : Path(moves))}}}";
            _events[i] = (text.Length, json.Length, network, time);
            text.Write(Encoding.ASCII.GetBytes(json));
        }
        Bytes = text.Length;
        _bytes = (byte*)NativeMemory.Alloc((nuint)text.Length);
        text.GetBuffer().AsSpan(0, (int)text.Length).CopyTo(new Span<byte>(_bytes, (int)text.Length));
        _keyAt = new int[networks];
        _keyBytes = (byte*)NativeMemory.Alloc((nuint)networks * 32);
        for (int i = 0; i < networks; i++)
        {
            _keyAt[i] = i * 32;
            _keys[i]?.CopyTo(new Span<byte>(_keyBytes + i * 32, 32));
        }
    }

    public int Count => _events.Length;

    /// <summary>The size of all values, in bytes.</summary>
    public long Bytes { get; }

    /// <summary>Fills records with events from an index on, each in the partition <c>network % 4</c>.</summary>
    public int Fill(Record[] records, PartitionState[] partitions, long[] offsets, int from)
    {
        int n = Math.Min(records.Length, Count - from);
        for (int i = 0; i < n; i++)
        {
            (long at, int length, int key, long time) = _events[from + i];
            int partition = key % partitions.Length;
            records[i] = new Record
            {
                Partition = partitions[partition],
                Offset = offsets[partition]++,
                Timestamp = time,
                Value = _bytes + at,
                Length = length,
                Key = _keyBytes + _keyAt[key],
                KeyLength = _keys[key].Length,
                CloudEvent = CloudEvent.None,
            };
        }
        return n;
    }

    private static string Path(PathLog moves)
    {
        (float[] t, float[] x, float[] y) = moves.Next();
        IEnumerable<string> points = t.Zip(x, y)
            .Select(p => string.Create(CultureInfo.InvariantCulture, $"[{p.First},{p.Second},{p.Third}]"));
        return $",\"path\":[{string.Join(',', points)}]";
    }

    public void Dispose()
    {
        NativeMemory.Free(_bytes);
        NativeMemory.Free(_keyBytes);
    }
}
