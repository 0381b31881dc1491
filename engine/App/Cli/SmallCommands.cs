using System.Text.Json.Nodes;
using Engine.App.Configuration;
using Engine.App.Hosting;
using Engine.App.Terminal;
using Engine.Client;
using Engine.CommandLine;
using Engine.Conditions;
using Engine.Configuration.Connections;
using Engine.Partitions;
using Engine.Pipeline.Settings;
using StackExchange.Redis;

namespace Engine.App.Cli;

/// <summary><c>engine verdict</c>: prints a verdict for people, or as stored.</summary>
internal static class VerdictCommand
{
    public static async Task<int> RunAsync(
        string click,
        string? redis,
        string? config,
        string? prefix,
        ClickPlace? place,
        bool json,
        CommandContext context
    )
    {
        (RedisServers servers, prefix) = Addresses.FindRedis(
            redis,
            ConfigFile.FindOrDefaults(config),
            RunningEngine.Find(),
            prefix
        );
        using ConnectionMultiplexer connection = await servers.ConnectAsync().ConfigureAwait(false);
        byte[]? found = await new VerdictLookup(connection, prefix, context.Time)
            .GetJsonAsync(click, place)
            .ConfigureAwait(false);
        if (found == null)
        {
            context.Error.WriteLine(
                place == null
                    ? $"engine: click '{click}' has no verdict: it isn't decided yet, or its verdict has expired. "
                        + "If the engine writes only noteworthy verdicts (deliver.verdicts), say where the click lies: "
                        + "--key NETWORK with --offset N or --sent MS."
                    : $"engine: click '{click}' has no verdict: it isn't decided yet, or its verdict has expired."
            );
            return ExitCodes.NotThere;
        }

        context.Out.WriteLine(
            json ? System.Text.Encoding.UTF8.GetString(found) : VerdictText.Of(VerdictLookup.Read(click, found))
        );
        return ExitCodes.Done;
    }
}

/// <summary><c>engine check</c>: reports at once everything that a start would refuse.</summary>
internal static class CheckCommand
{
    public static int Run(string? config, CommandContext context)
    {
        ConfigFile file = ConfigFile.Find(config);
        // A custom installation may have no samples beside it.
        file = file with { WithSamples = Directory.Exists(file.SamplesFolder) };
        SortedDictionary<string, string> records = SettingsFolder.Read(file.SettingsFolders);
        List<string> problems = SettingsFolder.Check(records, file.Files, Modules.SettingKinds);
        foreach (string problem in problems)
        {
            context.Error.WriteLine($"engine: {string.Join(", ", file.SettingsFolders)}: {problem}");
        }

        if (problems.Count > 0)
        {
            return ExitCodes.WrongUse;
        }

        SigningSecrets.Read(file.SigningKeys);
        context.Out.WriteLine($"{file.Path}: OK; {records.Count} settings loaded.");
        return ExitCodes.Done;
    }
}

/// <summary><c>engine eval</c>: evaluates a condition.</summary>
internal static class EvalCommand
{
    public static int Run(string? expression, string? bindings, string? cases, CommandContext context)
    {
        if ((expression == null) == (cases == null))
        {
            throw new CommandException("eval takes an expression, or --cases FILE.", ExitCodes.WrongUse);
        }

        if (cases != null)
        {
            if (Directory.Exists(cases))
            {
                throw new CommandException($"{cases} is a directory: give a file of cases.", ExitCodes.WrongUse);
            }

            if (!File.Exists(cases))
            {
                throw new CommandException($"{cases}: no such file.", ExitCodes.WrongUse);
            }

            foreach (string line in CelCases.Run(File.ReadLines(cases)))
            {
                context.Out.WriteLine(line);
            }

            return ExitCodes.Done;
        }
        if (CelCases.WhyUnreadable(expression!, bindings) is { } why)
        {
            throw new CommandException(why, ExitCodes.WrongUse);
        }

        string result = CelCases.Evaluate(expression!, bindings);
        bool failed = JsonNode.Parse(result)?["error"] != null;
        if (!failed)
        {
            context.Out.WriteLine(result);
        }
        else
        {
            context.Error.WriteLine($"engine: {JsonNode.Parse(result)?["message"]?.GetValue<string>() ?? result}");
        }

        return failed ? ExitCodes.Failed : ExitCodes.Done;
    }
}
