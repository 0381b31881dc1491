using Engine.App.Cli;
using Engine.CommandLine;

return await EngineCommands.RunAsync(
    args,
    new CommandContext(Console.Out, Console.Error, TimeProvider.System, !Console.IsErrorRedirected)
);
