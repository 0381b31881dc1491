using Bench.Micro;
using BenchmarkDotNet.Running;

// `profile [CLICKS]` runs the pipeline alone for a profiler, and prints the CPU time of each stage; else BenchmarkDotNet's own command line.
if (args is ["profile", ..])
{
    PipelineProfile.Run(args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 1_000_000);
    return;
}
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
