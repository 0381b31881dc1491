namespace Bench.EndToEnd;

/// <summary>What is measured, and with what.</summary>
internal sealed record Plan
{
    /// <summary>The checkout.</summary>
    public required string Root { get; init; }

    /// <summary>The script that starts and stops a broker.</summary>
    public required string KafkaTool { get; init; }

    /// <summary>The folder of the peers; null for the engine alone.</summary>
    public string? Peers { get; init; }

    /// <summary>
    /// Folders of other builds of the engine, as <c>make build</c> leaves them in <c>out/lib</c>, to run beside this
    /// one.
    /// </summary>
    public string[] Beside { get; init; } = [];

    /// <summary>Whether two engines of one lane each run, too, as one contestant.</summary>
    public bool Two { get; init; }

    public required int Clicks { get; init; }
    public required int Runs { get; init; }

    /// <summary>Seconds of the run at a fixed rate, of which the first 10 are left out; 0 for none.</summary>
    public required int LatencySeconds { get; init; }

    /// <summary><c>redis</c>, <c>garnet</c></summary>
    public required string[] Stores { get; init; }

    /// <summary>Who runs; each round the next one comes first.</summary>
    public string[] Contestants =>
        [
            "engine",
            .. Two ? [TwoEngines] : Array.Empty<string>(),
            .. Beside,
            .. Peers == null ? Array.Empty<string>() : ["native-rdkafka", "native", "plain"],
        ];

    public const string TwoEngines = "two engines";

    /// <summary>The program of this build, or of one beside it; null where a contestant is none of ours.</summary>
    public string? EngineOf(string contestant) =>
        contestant is "engine" or TwoEngines ? Path.Combine(Root, "out", "engine")
        : Beside.Contains(contestant) ? Path.Combine(contestant, "engine")
        : null;
}

/// <summary>One run of one contestant: the part between a quarter and 95 % of the verdicts.</summary>
/// <param name="ClicksPerSecond">Verdicts that came to be in the store.</param>
/// <param name="CpuUs">CPU time of its processes, user and system, µs a click.</param>
/// <param name="BrokerUs">The same of the broker.</param>
/// <param name="StoreUs">The same of Redis or Garnet.</param>
/// <param name="PeakMb">Most memory that its processes had (VmHWM).</param>
/// <param name="Process">What the (first) engine says of its own memory at the end; empty for others.</param>
internal sealed record Run(
    string Contestant,
    string Store,
    double ClicksPerSecond,
    double CpuUs,
    double BrokerUs,
    double StoreUs,
    double PeakMb,
    string Process
);

/// <summary>From a record's timestamp until a reader finds the verdict, at 20,000 clicks a second; ms.</summary>
internal sealed record Latency(string Contestant, double P50, double P99, double P999, int Samples);
