using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Engine.App.Backtest;
using Engine.App.Quality;
using Engine.CommandLine;
using Engine.Contracts;
using Engine.Pipeline;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Consume.Logs;
using Engine.Pipeline.Consume.Rescore;
using Engine.Pipeline.Replay;
using Engine.Pipeline.Settings;

namespace Engine.App.Cli;

/// <summary><c>engine backtest</c>: decides the recorded log by the settings in force and by a draft, and tells what
/// the draft would change.</summary>
internal static class BacktestCommand
{
    /// <summary>The number of records between two comparisons, which bounds what is kept.</summary>
    private const int CompareEvery = 8_192;

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
        long since = context.Time.GetTimestamp();
        Dictionary<string, bool> labels = LabelBook
            .Read(scored.Kafka, context.Time)
            .Decided()
            .ToDictionary(label => label.Click, label => label.Invalid, StringComparer.Ordinal);
        var run = new BacktestRun(click => labels.TryGetValue(click, out bool invalid) ? invalid : null);
        using (var log = new MergedLog(scored.Kafka, [Topics.Interactions], context.Time))
        {
            using var before = new Side(scored, scored.Timeline(), run.InForce, log, context.Time);
            using var after = new Side(scored, scored.Timeline(draft: draft), run.ByDraft, log, context.Time);
            Score(log, before.Scorer, after.Scorer, run, context, cancel);
        }

        run.Report.Took = context.Time.GetElapsedTime(since);
        context.Out.WriteLine(json ? run.Report.ToJson().ToJsonString(Relaxed) : run.Report.Text());
        return ExitCodes.Done;
    }

    private static void Score(
        MergedLog log,
        LogScorer before,
        LogScorer after,
        BacktestRun run,
        CommandContext context,
        CancellationToken cancel
    )
    {
        long done = 0,
            lastReport = context.Time.GetTimestamp();
        for (; log.Current is { } record; log.Advance())
        {
            cancel.ThrowIfCancellationRequested();
            before.Take(record, log.LogTime);
            after.Take(record, log.LogTime);
            if (++done % CompareEvery != 0)
            {
                continue;
            }

            run.Compare();
            if (context.Time.GetElapsedTime(lastReport) >= ReportEvery)
            {
                lastReport = context.Time.GetTimestamp();
                context.Error.WriteLine(
                    FormattableString.Invariant($"engine: decided {done:#,0} of {log.Length:#,0} records")
                );
            }
        }

        before.Flush();
        after.Flush();
        run.Compare();
    }

    /// <summary>One of the two scorers, with what it knows.</summary>
    private sealed class Side : IDisposable
    {
        private readonly RescoreKnowledge _knowledge;

        public Side(
            ScoredGroup scored,
            SettingsTimeline timeline,
            IDecisionSink sink,
            MergedLog log,
            TimeProvider clock
        )
        {
            PipelineLimits limits = scored.File.Config.Bounds.ToLimits();
            _knowledge = new RescoreKnowledge(
                scored.Kafka,
                scored.Keys.Prefix,
                scored.Keys.Group,
                scored.Base.Hash,
                new ReplayIndex(new ReplaySettings(limits.ReplayPaths)),
                clock
            );
            Scorer = new LogScorer(
                scored.Kafka,
                scored.Base.Hash,
                timeline,
                limits,
                Enumerable.Range(0, log.Partitions(Topics.Interactions)),
                sink,
                _knowledge,
                clock
            );
        }

        public LogScorer Scorer { get; }

        public void Dispose()
        {
            Scorer.Dispose();
            _knowledge.Dispose();
        }
    }
}
