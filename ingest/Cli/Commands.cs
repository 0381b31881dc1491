using System.CommandLine;
using Engine.CommandLine;
using Engine.Configuration;
using Engine.Configuration.Connections;
using Ingest.Calendars;
using Ingest.Http;
using Ingest.Replay;
using Ingest.Tail;

namespace Ingest.Cli;

/// <summary>The command line of <c>ingest</c>. Each command is declared beside its code.</summary>
public static class Commands
{
    /// <summary>Runs a command line. Returns one of <see cref="ExitCodes"/>.</summary>
    public static Task<int> RunAsync(string[] args, CommandContext context, CancellationToken cancel = default) =>
        new CommandProgram("ingest", Root(context)) { ExitCodeOf = ExitCodeOf }.RunAsync(args, context, cancel);

    private static int? ExitCodeOf(Exception error) =>
        error switch
        {
            ConfigException => ExitCodes.WrongUse,
            ConnectionException or IOException or UnauthorizedAccessException => ExitCodes.Failed,
            _ => null,
        };

    private static RootCommand Root(CommandContext context) =>
        new("Sends events to Kafka for the engine. Exit codes: 0 done, 1 failed, 2 usage error, 3 not found.")
        {
            ReplayCommand.Create(context),
            TailCommand.Create(context),
            HttpCommand.Create(context),
            GenerateCommand.Create(context),
            CalendarCommand.Create(context),
        };
}
