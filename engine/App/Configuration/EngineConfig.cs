using Engine.Configuration;
using Engine.Configuration.Connections;
using Engine.Notices;
using Engine.Partitions.Kafka;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Consume.Lanes;
using Engine.Pipeline.Deliver;
using Engine.Web.Hosting;

namespace Engine.App.Configuration;

/// <summary>engine.yaml: deployment settings such as addresses, sizes and times to live; none affects a verdict. Every
/// field has its default here, or in the options that it is converted to. configs/engine.yaml lists them all with a
/// reason for each.</summary>
public sealed class EngineConfig
{
    /// <summary>The brokers, <c>host:port[,…]</c>; if empty, the engine hosts a cluster in its process.</summary>
    public string Kafka { get; set; } = "";

    public KafkaSecurity KafkaSecurity { get; private set; } = KafkaSecurity.None;

    /// <summary>The Redis servers, <c>host:port[,…][,option=value…]</c>; if empty, the engine hosts one.</summary>
    public string Redis { get; set; } = "";

    public RedisSecurity RedisSecurity { get; private set; } = RedisSecurity.None;

    public string Group { get; set; } = "engine";

    /// <summary>The prefix of a second group's keys, channels and own topics.</summary>
    public string Prefix { get; set; } = "";

    /// <summary>The address to serve HTTP on.</summary>
    public string Http { get; set; } = "127.0.0.1:8080";

    /// <summary>Whether endpoints that ask for a token are open to everyone who reaches them, as long as there has
    /// never been a user.</summary>
    public bool HttpOpen { get; set; }

    /// <summary>The number of lanes; 0 for one per core.</summary>
    public int Lanes { get; set; }

    /// <summary>The folder of settings for a first start, relative to this file unless rooted.</summary>
    public string Settings { get; set; } = "settings";

    /// <summary>The folder of the sample traffic's sponsors, pages, processes and campaigns, relative to this file
    /// unless rooted. Read only with <c>--samples</c>, as its tokens are public.</summary>
    public string Samples { get; set; } = "samples";

    /// <summary>The folders of lists and models, relative to this file unless rooted.</summary>
    public List<string> Files { get; set; } = ["lists", "../models/Artifacts"];

    /// <summary>The files with the secrets that sign operation-binding codes, relative to this file unless rooted. If
    /// there are none, the engine creates one secret and keeps it in Redis.</summary>
    public List<string> SigningKeys { get; set; } = [];

    /// <summary>Whether a proxy stands in front of the HTTP server and appends the client's address to
    /// X-Forwarded-For.</summary>
    public bool BehindProxy { get; set; }

    public HttpLimitsConfig HttpLimits { get; set; } = new();

    /// <summary>How long a click on an ad's link waits for its verdict in <c>ingest http</c>, which reads it from the
    /// same file, ms.</summary>
    public int DecideMs { get; set; } = 150;

    /// <summary>The currency of all amounts, as reports name it.</summary>
    public string Currency { get; set; } = "";

    public TopicsConfig Topics { get; set; } = new();
    public ConsumeConfig Consume { get; set; } = new();
    public DeliverConfig Deliver { get; set; } = new();
    public BoundsConfig Bounds { get; set; } = new();

    /// <summary>How <c>engine notify</c> delivers.</summary>
    public NoticeOptions Notify { get; private set; } = new();

    /// <summary>Reads a file. Throws <see cref="ConfigException"/> with the place and the reason.</summary>
    public static EngineConfig Read(string path) => YamlFields.ReadFile(path, (fields, folder) =>
        {
            var config = new EngineConfig();
            config.Take(fields, folder);
            config.Check();
            return config;
        });

    /// <summary>Takes the fields' values.</summary>
    /// <param name="folder">The folder of the file, which the files of certificates and passwords are relative
    /// to.</param>
    private void Take(YamlFields fields, string folder)
    {
        Kafka = fields.Text("kafka", Kafka);
        KafkaSecurity = KafkaSecurity.Read(fields.Section("kafka_security"), folder);
        Redis = fields.Text("redis", Redis);
        RedisSecurity = RedisSecurity.Read(fields.Section("redis_security"), folder);
        Group = fields.Text("group", Group);
        Prefix = fields.Text("prefix", Prefix);
        Http = fields.Text("http", Http);
        HttpOpen = fields.Flag("http_open", HttpOpen);
        BehindProxy = fields.Flag("behind_proxy", BehindProxy);
        DecideMs = fields.Whole("decide_ms", DecideMs);
        Currency = fields.Text("currency", Currency);
        Lanes = fields.Whole("lanes", Lanes);
        Settings = fields.Text("settings", Settings);
        Samples = fields.Text("samples", Samples);
        Files = fields.Texts("files", Files);
        SigningKeys = fields.Texts("signing_keys", SigningKeys);
        HttpLimits.Take(fields.Section("http_limits"));
        Topics.Take(fields.Section("topics"));
        Consume.Take(fields.Section("consume"));
        Deliver.Take(fields.Section("deliver"));
        Bounds.Take(fields.Section("bounds"));
        Notify = NoticeOptions.Read(fields.Section("notify"), folder);
        fields.End("engine.yaml");
    }

    private void Check()
    {
        static void Must(bool holds, string what)
        {
            if (!holds)
            {
                throw new ConfigException(what);
            }
        }
        Must(
            Topics.Timestamps is "append" or "create",
            $"topics.timestamps is '{Topics.Timestamps}'; expected append or create"
        );
        Must(
            Currency.Length == 0 || (Currency.Length == 3 && Currency.All(char.IsAsciiLetterUpper)),
            $"currency is '{Currency}'; expected an ISO 4217 code, such as EUR"
        );
        Must(Topics.Partitions is >= 1 and <= 10_000, $"topics.partitions is {Topics.Partitions}; expected 1 to 10000");
        Must(
            HttpLimits.UnderWay is >= 1 and <= 100_000,
            $"http_limits.under_way is {HttpLimits.UnderWay}; expected 1 to 100000"
        );
        Must(
            HttpLimits.PerToken is null or >= 0 and <= 1_000_000,
            $"http_limits.per_token is {HttpLimits.PerToken}; expected 0 (none) to 1000000"
        );
        Must(
            HttpLimits.PerAddress is null or >= 0 and <= 1_000_000,
            $"http_limits.per_address is {HttpLimits.PerAddress}; expected 0 (none) to 1000000"
        );
        Must(Lanes is >= 0 and <= 1024, $"lanes is {Lanes}; expected 0 (one per core) to 1024");
        Must(
            Consume.BatchMessages is >= 1 and <= 1_000_000,
            $"consume.batch_messages is {Consume.BatchMessages}; expected 1 to 1000000"
        );
        Must(
            Consume.ProgressMs is >= 10 and <= 60_000,
            $"consume.progress_ms is {Consume.ProgressMs}; expected 10 to 60000"
        );
        Must(
            Deliver.Verdicts is DeliverConfig.All or DeliverConfig.Noteworthy,
            $"deliver.verdicts is {Deliver.Verdicts}; expected {DeliverConfig.All} or {DeliverConfig.Noteworthy}"
        );
        Must(Deliver.VerdictTtlS >= 60, $"deliver.verdict_ttl_s is {Deliver.VerdictTtlS}; expected at least 60");
        Must(Deliver.TotalsTtlS >= 3600, $"deliver.totals_ttl_s is {Deliver.TotalsTtlS}; expected at least 3600");
        Must(
            Bounds.PairKeys is >= 1 and <= Engine.Pipeline.Windows.PairTable.MaxKeys,
            $"bounds.pair_keys is {Bounds.PairKeys}; expected 1 to {Engine.Pipeline.Windows.PairTable.MaxKeys}; use "
                + $"more partitions for more"
        );
        Must(Group.Length > 0, "group is empty");
    }
}

/// <summary>How many requests the HTTP server takes.</summary>
public sealed class HttpLimitsConfig
{
    /// <summary>The requests under way, of those who are known and of others each.</summary>
    public int UnderWay { get; set; } = new RequestLimits().UnderWay;

    /// <summary>The requests per second with one token; 0 for no limit, null for the default of the address.</summary>
    public int? PerToken { get; set; }

    /// <summary>The requests per second without a token from one address; as <see cref="PerToken"/>.</summary>
    public int? PerAddress { get; set; }

    internal void Take(YamlFields fields)
    {
        UnderWay = fields.Whole("under_way", UnderWay);
        PerToken = fields.WholeOrNull("per_token");
        PerAddress = fields.WholeOrNull("per_address");
        fields.End("http_limits");
    }
}

public sealed class TopicsConfig
{
    public int Partitions { get; set; } = 4;

    /// <summary><c>append</c> (the broker's clock) or <c>create</c> (the producers' clocks).</summary>
    public string Timestamps { get; set; } = "append";

    internal void Take(YamlFields fields)
    {
        Partitions = fields.Whole("partitions", Partitions);
        Timestamps = fields.Text("timestamps", Timestamps);
        fields.End("topics");
    }
}

public sealed class ConsumeConfig
{
    internal static readonly ConsumeOptions Defaults = new()
    {
        Kafka = new KafkaTarget("", new Dictionary<string, string>()),
        Group = "",
    };

    public int BatchMessages { get; set; } = Defaults.BatchMessages;
    public int BatchWaitMs { get; set; } = Defaults.BatchWaitMs;
    public bool DirectFetch { get; set; } = Defaults.DirectFetch;
    public int SessionTimeoutMs { get; set; } = (int)Defaults.SessionTimeout.TotalMilliseconds;
    public int ProgressMs { get; set; } = (int)Defaults.ProgressInterval.TotalMilliseconds;

    /// <summary>Additional settings of librdkafka, by their own names.</summary>
    public Dictionary<string, string> Librdkafka { get; set; } = [];

    internal void Take(YamlFields fields)
    {
        BatchMessages = fields.Whole("batch_messages", BatchMessages);
        BatchWaitMs = fields.Whole("batch_wait_ms", BatchWaitMs);
        DirectFetch = fields.Flag("direct_fetch", DirectFetch);
        SessionTimeoutMs = fields.Whole("session_timeout_ms", SessionTimeoutMs);
        ProgressMs = fields.Whole("progress_ms", ProgressMs);
        Librdkafka = fields.Map("librdkafka", Librdkafka);
        fields.End("consume");
    }
}

public sealed class DeliverConfig
{
    internal const string All = "all",
        Noteworthy = "noteworthy";

    private static readonly DeliverOptions Defaults = new();

    /// <summary><c>all</c>, or <c>noteworthy</c>: without plain valid ones.</summary>
    public string Verdicts { get; set; } = All;

    public bool OnlyNoteworthy => Verdicts == Noteworthy;

    public long VerdictTtlS { get; set; } = (long)Defaults.VerdictTtl.TotalSeconds;
    public long TotalsTtlS { get; set; } = (long)Defaults.TotalsTtl.TotalSeconds;
    public long NetworkTtlS { get; set; } = (long)Defaults.NetworkTtl.TotalSeconds;
    public long MaxBytesUnderWay { get; set; } = ConsumeConfig.Defaults.MaxBytesUnderWay;
    public bool CompleteVerdicts { get; set; } = Defaults.CompleteVerdicts;
    public bool VerdictsTopic { get; set; } = Defaults.VerdictsTopic;
    public bool VerdictsChannel { get; set; } = Defaults.VerdictsChannel;

    internal void Take(YamlFields fields)
    {
        Verdicts = fields.Text("verdicts", Verdicts);
        VerdictTtlS = fields.Whole("verdict_ttl_s", VerdictTtlS);
        TotalsTtlS = fields.Whole("totals_ttl_s", TotalsTtlS);
        NetworkTtlS = fields.Whole("network_ttl_s", NetworkTtlS);
        MaxBytesUnderWay = fields.Whole("max_bytes_under_way", MaxBytesUnderWay);
        CompleteVerdicts = fields.Flag("complete_verdicts", CompleteVerdicts);
        VerdictsTopic = fields.Flag("verdicts_topic", VerdictsTopic);
        VerdictsChannel = fields.Flag("verdicts_channel", VerdictsChannel);
        fields.End("deliver");
    }
}

public sealed class BoundsConfig
{
    private static readonly PipelineLimits Defaults = new();

    public int WindowKeys { get; set; } = Defaults.WindowKeys;
    public int PairKeys { get; set; } = Defaults.PairKeys;
    public int DegenerateKeys { get; set; } = Defaults.DegenerateKeys;
    public int SeriesKeys { get; set; } = Defaults.SeriesKeys;
    public int Standings { get; set; } = Defaults.Standings;
    public int WaitingPathPoints { get; set; } = Defaults.WaitingPathPoints;
    public int ReplayPaths { get; set; } = Defaults.ReplayPaths;

    internal void Take(YamlFields fields)
    {
        WindowKeys = fields.Whole("window_keys", WindowKeys);
        PairKeys = fields.Whole("pair_keys", PairKeys);
        DegenerateKeys = fields.Whole("degenerate_keys", DegenerateKeys);
        SeriesKeys = fields.Whole("series_keys", SeriesKeys);
        Standings = fields.Whole("standings", Standings);
        WaitingPathPoints = fields.Whole("waiting_path_points", WaitingPathPoints);
        ReplayPaths = fields.Whole("replay_paths", ReplayPaths);
        fields.End("bounds");
    }

    public PipelineLimits ToLimits() =>
        new()
        {
            WindowKeys = WindowKeys,
            PairKeys = PairKeys,
            DegenerateKeys = DegenerateKeys,
            SeriesKeys = SeriesKeys,
            Standings = Standings,
            WaitingPathPoints = WaitingPathPoints,
            ReplayPaths = ReplayPaths,
        };
}
