namespace Bench.EndToEnd;

/// <summary>What to measure, and with which tools.</summary>
internal sealed record Plan
{
    /// <summary>The root of the checkout.</summary>
    public required string Root { get; init; }

    /// <summary>The script that starts and stops a broker.</summary>
    public required string KafkaTool { get; init; }

    /// <summary>The folder of the peers, or null to measure only the engine.</summary>
    public string? Peers { get; init; }

    /// <summary>Folders of other builds of the engine, as <c>make build</c> leaves them in <c>out/lib</c>, to measure
    /// beside this one.</summary>
    public string[] Beside { get; init; } = [];

    /// <summary>Setups of the engine to measure beside the clean one: <see cref="EngineSetup.All"/>.</summary>
    public string[] Setups { get; init; } = [];

    /// <summary>Whether to measure two engines of one lane each, too, as one contestant.</summary>
    public bool Two { get; init; }

    public required int Clicks { get; init; }
    public required int Runs { get; init; }

    /// <summary>The duration of the run at a fixed rate, in seconds, of which the first 10 are left out; 0 for
    /// none.</summary>
    public required int LatencySeconds { get; init; }

    /// <summary>The stores: <c>redis</c>, <c>garnet</c>.</summary>
    public required string[] Stores { get; init; }

    /// <summary>The contestants; each round begins with another one.</summary>
    public string[] Contestants =>
        [
            EngineSetup.Clean,
            .. Setups,
            .. Two ? [TwoEngines] : Array.Empty<string>(),
            .. Beside,
            .. Peers == null ? Array.Empty<string>() : ["native-rdkafka", "native", "plain"],
        ];

    public const string TwoEngines = "two engines";

    /// <summary>Gets the setup of an engine.</summary>
    public string SetupOf(string contestant) =>
        contestant == TwoEngines || Setups.Contains(contestant) ? contestant : EngineSetup.Clean;

    /// <summary>Gets the program of this build or another one; null if the contestant isn't an engine.</summary>
    public string? EngineOf(string contestant) =>
        contestant is EngineSetup.Clean or TwoEngines || Setups.Contains(contestant)
            ? Path.Combine(Root, "out", "engine")
        : Beside.Contains(contestant) ? Path.Combine(contestant, "engine")
        : null;
}

/// <summary>One run of one contestant, measured between a quarter and 95 % of the verdicts.</summary>
/// <param name="ClicksPerSecond">Verdicts per second that reached the store.</param>
/// <param name="CpuUs">The CPU time of its processes, user and system, in µs per click.</param>
/// <param name="BrokerUs">The broker's CPU time, in µs per click.</param>
/// <param name="StoreUs">The CPU time of Redis or Garnet, in µs per click.</param>
/// <param name="StoreMb">The memory of Redis at the end, in MB; 0 for Garnet.</param>
/// <param name="PeakMb">The peak memory of its processes (VmHWM).</param>
/// <param name="Process">The (first) engine's report of its own memory at the end; empty for others.</param>
internal sealed record Run(
    string Contestant,
    string Store,
    double ClicksPerSecond,
    double CpuUs,
    double BrokerUs,
    double StoreUs,
    double StoreMb,
    double PeakMb,
    string Process
);

/// <summary>The time from a record's timestamp until a reader finds the verdict, at 20,000 clicks per second, in ms.
/// Where plain verdicts aren't written: until a look-up is certain.</summary>
internal sealed record Latency(string Contestant, double P50, double P99, double P999, int Samples);
