using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Engine.App.Configuration;
using Engine.CommandLine;
using Engine.Configuration.Connections;
using Engine.Contracts;
using Engine.Partitions.Kafka;
using Engine.Pipeline.Consume.Rescore;
using Engine.WebConsole.Credit;
using Engine.WebConsole.Totals;
using StackExchange.Redis;

namespace Engine.App.Cli;

/// <summary><c>engine credit</c>: prints credit reports from the totals in Redis.</summary>
internal static class CreditCommand
{
    private static readonly JsonSerializerOptions Relaxed = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private sealed record Request(
        string? Campaign,
        string Month,
        string? Kafka,
        string? Redis,
        string? Config,
        string? Prefix,
        bool Json
    );

    /// <summary>Declares the command.</summary>
    public static Command Create(
        Option<string?> kafka,
        Option<string?> redis,
        Option<string?> config,
        Option<string?> prefix,
        CommandContext context
    )
    {
        var campaign = new Argument<string?>("CAMPAIGN")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "the campaign, by day and class (default: all, a row each)",
        };
        var month = new Option<string>("--month")
        {
            HelpName = "YYYY-MM",
            Required = true,
            Description = "the month, UTC",
        };
        var json = new Option<bool>("--json") { Description = "print one line of JSON instead of CSV" };
        var command = new Command(
            "credit",
            "Prints as CSV what a month's clicks cost, and what is credited for invalid ones."
        )
        {
            campaign,
            month,
            kafka,
            redis,
            config,
            prefix,
            json,
        };
        command.SetAction(
            (parsed, cancel) =>
                RunAsync(
                    new Request(
                        parsed.GetValue(campaign),
                        parsed.GetRequiredValue(month),
                        parsed.GetValue(kafka),
                        parsed.GetValue(redis),
                        parsed.GetValue(config),
                        parsed.GetValue(prefix),
                        parsed.GetValue(json)
                    ),
                    context,
                    cancel
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(Request request, CommandContext context, CancellationToken cancel)
    {
        DateOnly month = DayRange.ParseMonth(request.Month)
            ?? throw new CommandException(
                $"--month is '{request.Month}'; expected a month, such as 2026-11.",
                ExitCodes.WrongUse
            );
        (KafkaTarget kafka, RedisServers redis, string prefix) = Addresses.Find(
            request.Kafka,
            request.Redis,
            request.Config,
            request.Prefix
        );
        ConfigFile file = ConfigFile.Find(request.Config);
        using ConnectionMultiplexer connection = await redis.ConnectAsync().ConfigureAwait(false);
        await kafka.CheckAsync(cancel).ConfigureAwait(false);
        using var log = new ClickSearch(kafka);
        int partitions = log.Partitions;
        var credit = new CreditReader(
            new TotalsReader(
                connection.GetDatabase(),
                new RedisKeys(prefix, file.Config.Group),
                () => partitions,
                context.Time
            ),
            file.Config.Currency
        );
        if (request.Campaign is { } campaign)
        {
            CreditReport report = await credit.ReadAsync(campaign, month).ConfigureAwait(false);
            context.Out.Write(request.Json ? report.ToJson().ToJsonString(Relaxed) + "\n" : CreditCsv.Of(report));
        }
        else
        {
            CreditSummary summary = await credit.ReadAsync(month).ConfigureAwait(false);
            context.Out.Write(request.Json ? summary.ToJson().ToJsonString(Relaxed) + "\n" : CreditCsv.Of(summary));
        }

        return ExitCodes.Done;
    }
}
