using Engine.CommandLine;
using Ingest.Cli;

return await Commands.RunAsync(
    args,
    new CommandContext(Console.Out, Console.Error, TimeProvider.System, !Console.IsErrorRedirected)
);
