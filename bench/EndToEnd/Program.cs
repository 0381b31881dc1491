using Bench.EndToEnd;

// bench/EndToEnd: measures the engine, and peers if given, on a real broker and a real Redis. Environment: KAFKA_TOOL
// (a script that starts a broker; see docs/performance.md), PEERS=dir, BESIDE="dir …" (other builds of the engine),
// SETUPS="attack tenth noteworthy" (the engine with other settings, see EngineSetup; "attack" by default), TWO=1 (also
// two engines of one lane each), CLICKS, RUNS, QUICK=1, STORES="redis garnet", LATENCY_S. Results: a table, bench.json,
// bench.svg. An argument measures something else: `takeover` (of a partition with CLICKS in its windows),
// `hostile` (producers, CLICKS of each kind), `soak` (SOAK_MINUTES at a RATE), `tail` (CLICKS lines of access logs),
// `links` (ads' links, for LATENCY_S at each rate), `pictures` (of confirmation pages), `notices` (to absent invitees,
// NOTICES due in one second, INVITEES a meeting, KILLS of the engine), `console` (its pages, with a million
// campaign-hours).
string root = AppContext.BaseDirectory;
while (!File.Exists(Path.Combine(root, "Engine.sln")))
{
    root = Path.GetDirectoryName(root) ?? throw new DirectoryNotFoundException("Engine.sln isn't above this program");
}

string? tool = Environment.GetEnvironmentVariable("KAFKA_TOOL");
if (tool == null || !File.Exists(tool))
{
    Console.Error.WriteLine(
        "bench: KAFKA_TOOL isn't a script that starts a broker: set it to one with `start -p PORT -d DIR -P "
            + "PARTITIONS` and `stop -d DIR`."
    );
    return 1;
}
bool quick = Environment.GetEnvironmentVariable("QUICK") == "1";
var plan = new Plan
{
    Root = root,
    KafkaTool = Path.GetFullPath(tool),
    Peers = Environment.GetEnvironmentVariable("PEERS") is { Length: > 0 } peers ? Path.GetFullPath(peers) : null,
    Beside =
    [
        .. (Environment.GetEnvironmentVariable("BESIDE") ?? "")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(Path.GetFullPath),
    ],
    Setups = (Environment.GetEnvironmentVariable("SETUPS") ?? EngineSetup.Attack).Split(
        ' ',
        StringSplitOptions.RemoveEmptyEntries
    ),
    Two = Environment.GetEnvironmentVariable("TWO") == "1",
    Clicks = Number("CLICKS", quick ? 1_000_000 : 4_000_000),
    Runs = Number("RUNS", quick ? 2 : 5),
    LatencySeconds = Number("LATENCY_S", quick ? 20 : 60),
    Stores = (Environment.GetEnvironmentVariable("STORES") ?? "redis garnet").Split(
        ' ',
        StringSplitOptions.RemoveEmptyEntries
    ),
};
switch (args)
{
    case ["takeover"]:
        using (var takeover = new Takeover(plan with { Clicks = Number("CLICKS", 10_000_000) }))
        {
            takeover.Run(Console.Out);
        }

        return 0;
    case ["hostile"]:
        using (var hostility = new Hostility(plan with { Clicks = Number("CLICKS", 1_000_000) }))
        {
            hostility.Run(Console.Out);
        }

        return 0;
    case ["tail"]:
        await new LogTailing(plan with { Clicks = Number("CLICKS", 1_000_000) }).RunAsync(Console.Out);
        return 0;
    case ["links"]:
        using (var links = new LinkLatency(plan))
        {
            await links.RunAsync(plan.LatencySeconds, Console.Out);
        }

        return 0;
    case ["notices"]:
        using (var burst = new NoticeBurst(plan))
        {
            await burst.RunAsync(Number("NOTICES", 100_000), Number("INVITEES", 10), Number("KILLS", 0), Console.Out);
        }

        return 0;
    case ["console"]:
        using (var pages = new ConsolePages(plan))
        {
            await pages.RunAsync(Console.Out);
        }

        return 0;
    case ["pictures"]:
        PictureDrawing.Run(Number("PICTURES", 10_000), Console.Out);
        return 0;
    case ["soak"]:
        using (var soak = new Soak(plan))
        {
            return soak.Run(Number("SOAK_MINUTES", 30), Number("RATE", 100_000), Console.Out) ? 0 : 1;
        }
}

using var series = new Series(plan);
List<Run> runs = series.Throughput();
List<Latency> latencies = plan.LatencySeconds > 0 ? series.Latency() : [];
string folder = Directory.CreateDirectory(Path.Combine(root, "out", "bench")).FullName;
Report.Write(plan, runs, latencies, folder, Console.Out);
return 0;

static int Number(string name, int fallback) =>
    int.TryParse(
        Environment.GetEnvironmentVariable(name),
        System.Globalization.CultureInfo.InvariantCulture,
        out int value
    )
        ? value
        : fallback;
