using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Engine.App.Backtest;
using Engine.App.Quality;
using Engine.CommandLine;
using Engine.Pipeline.Consume.Backtest;

namespace Engine.App.Cli;

/// <summary><c>engine backtest</c>: decides the recorded log by the settings in force and by a draft, and tells what
/// the draft would change.</summary>
internal static class BacktestCommand
{
    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(5);

    private static readonly JsonSerializerOptions Relaxed = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Declares the command.</summary>
    public static Command Create(
        Option<string?> kafka,
        Option<string?> redis,
        Option<string?> group,
        Option<string?> config,
        Option<string?> prefix,
        CommandContext context
    )
    {
        var with = new Option<string>("--with")
        {
            HelpName = "FILE",
            Required = true,
            Description = "the draft: rules, limits, bands, reasons, lists or models, as in configs/settings",
        };
        var json = new Option<bool>("--json") { Description = "print one line of JSON" };
        var command = new Command(
            "backtest",
            "Decides the recorded log again with a draft of settings, and compares: which clicks and how much money "
                + "move. Writes nothing to Redis or Kafka."
        )
        {
            with,
            kafka,
            redis,
            group,
            config,
            prefix,
            json,
        };
        command.SetAction(
            (parsed, cancel) =>
                RunAsync(
                    parsed.GetRequiredValue(with),
                    new GroupRequest(
                        parsed.GetValue(kafka),
                        parsed.GetValue(redis),
                        parsed.GetValue(group),
                        parsed.GetValue(config),
                        parsed.GetValue(prefix)
                    ),
                    parsed.GetValue(json),
                    context,
                    cancel
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(
        string with,
        GroupRequest of,
        bool json,
        CommandContext context,
        CancellationToken cancel
    )
    {
        ScoredGroup scored = await ScoredGroup.FindAsync(of).ConfigureAwait(false);
        IReadOnlyDictionary<string, string?> draft = Draft.Read(with, scored.File.Files);
        await scored.Kafka.CheckAsync(cancel).ConfigureAwait(false);
        long lastReport = context.Time.GetTimestamp();
        BacktestReport report = new LogBacktest
        {
            Kafka = scored.Kafka,
            Keys = scored.Keys,
            Hash = scored.Base.Hash,
            Limits = scored.File.Config.Bounds.ToLimits(),
            Labels = LabelBook.Read(scored.Kafka, context.Time).ToLookup(),
            Clock = context.Time,
        }.Run(
            scored.Settings.Timeline(),
            scored.Settings.Timeline(draft: draft),
            (done, of) =>
            {
                if (context.Time.GetElapsedTime(lastReport) >= ReportEvery)
                {
                    lastReport = context.Time.GetTimestamp();
                    context.Error.WriteLine(
                        FormattableString.Invariant($"engine: decided {done:#,0} of {of:#,0} records")
                    );
                }
            },
            cancel
        );
        context.Out.WriteLine(json ? report.ToJson().ToJsonString(Relaxed) : report.Text());
        return ExitCodes.Done;
    }
}
