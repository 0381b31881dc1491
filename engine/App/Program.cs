using Engine.App.Cli;
using Ingest.Cli;

return await EngineCommands.RunAsync(
    args,
    new Surroundings(Console.Out, Console.Error, TimeProvider.System, !Console.IsErrorRedirected)
);
