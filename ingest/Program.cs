using Ingest.Cli;

return await Commands.RunAsync(
    args,
    new Surroundings(Console.Out, Console.Error, TimeProvider.System, !Console.IsErrorRedirected)
);
