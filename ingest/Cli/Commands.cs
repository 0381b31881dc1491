using System.CommandLine;
using Engine.CommandLine;
using Ingest.Http;
using Ingest.Replay;
using Ingest.Tail;

namespace Ingest.Cli;

/// <summary>The command line of <c>ingest</c>; each command declares itself beside its code.</summary>
public static class Commands
{
    /// <summary>Runs a command line; the exit code is one of <see cref="ExitCodes"/>.</summary>
    public static Task<int> RunAsync(string[] args, CommandContext context, CancellationToken cancel = default) =>
        new CommandProgram("ingest", Root(context)).RunAsync(args, context, cancel);

    private static RootCommand Root(CommandContext context) =>
        new("Puts events into Kafka for the engine: exit 0 done, 1 failed, 2 wrong use, 3 not there.")
        {
            ReplayCommand.Create(context),
            TailCommand.Create(context),
            HttpCommand.Create(context),
            GenerateCommand.Create(context),
        };
}
