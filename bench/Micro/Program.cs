using Bench.Micro;
using Bench.Micro.Priority;
using BenchmarkDotNet.Running;

// `profile [CLICKS]` runs the pipeline alone for a profiler, and prints the CPU time of each stage; `priority [INSTANCES]` simulates queues of
// processes under load; else BenchmarkDotNet's own command line.
if (args is ["profile", ..])
{
    PipelineProfile.Run(args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 1_000_000);
    return;
}
if (args is ["priority", ..])
{
    PriorityReport.Run(args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 10_000);
    return;
}
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
