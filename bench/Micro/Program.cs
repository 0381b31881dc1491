using Bench.Micro;
using Bench.Micro.Priority;
using BenchmarkDotNet.Running;

// `profile [CLICKS] [VISITORS] [PATHS]` runs the pipeline alone for a profiler, and prints the CPU time of each stage;
// `paths [STORED] [PATHS]` does so for cursor paths (recorded ones, if PATHS is a file of them); `content [REQUESTS]`
// for content requests; `http ADDRESS [RATE] [SECONDS]` sends them to a running engine (with --samples), and prints
// latencies; `priority [INSTANCES]` simulates queues of processes under load; `texts PHRASES TEXT` finds the phrases of
// one file in another; `messages WORDS TEXT [PATTERNS]` handles messages by rules with these words and patterns.
// Anything else is BenchmarkDotNet's own command line.
if (args is ["profile", ..])
{
    int Number(int at, int fallback) =>
        args.Length > at ? int.Parse(args[at], System.Globalization.CultureInfo.InvariantCulture) : fallback;
    PipelineProfile.Run(Number(1, 1_000_000), Number(2, ClickLog.Visitors), args.ElementAtOrDefault(3));
    return;
}
if (args is ["paths", ..])
{
    PathProfile.Run(
        args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 1_000_000,
        args.ElementAtOrDefault(2)
    );
    return;
}
if (args is ["priority", ..])
{
    PriorityReport.Run(
        args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 10_000
    );
    return;
}
if (args is ["content", ..])
{
    ContentProfile.Run(
        args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 500_000
    );
    return;
}
if (args is ["http", var address, ..])
{
    HttpProfile.Run(
        address,
        args.Length > 2 ? int.Parse(args[2], System.Globalization.CultureInfo.InvariantCulture) : 1000,
        args.Length > 3 ? int.Parse(args[3], System.Globalization.CultureInfo.InvariantCulture) : 20
    );
    return;
}
if (args is ["texts", var dictionary, var prose])
{
    TextProfile.Run(dictionary, prose);
    return;
}
if (args is ["messages", var words, var talk, ..])
{
    MessageProfile.Run(words, talk, args.ElementAtOrDefault(3));
    return;
}
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
