using Engine.App.Hosting;
using Engine.CommandLine;
using Engine.Contracts;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Consume.Logs;
using Engine.Pipeline.Consume.Rescore;
using Engine.Pipeline.Replay;
using Engine.Pipeline.Settings;
using Engine.Workflows;
using Engine.Workflows.Module;
using Engine.Workflows.Runtime;

namespace Engine.App.Cli;

/// <summary>The options of <c>engine rescore</c>.</summary>
public sealed record RescoreRequest
{
    public required GroupRequest Of { get; init; }
    public string? Settings { get; init; }
    public string? Model { get; init; }
    public required string Out { get; init; }
}

/// <summary><c>engine rescore</c>: rescores the log from its beginning into a file. Two runs agree byte for
/// byte.</summary>
internal static class RescoreCommand
{
    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(RescoreRequest request, CommandContext context, CancellationToken cancel)
    {
        ScoredGroup scored = await ScoredGroup.FindAsync(request.Of).ConfigureAwait(false);
        SettingsTimeline timeline = scored.Settings.Timeline(request.Settings, request.Model);
        await scored.Kafka.CheckAsync(cancel).ConfigureAwait(false);
        string part = request.Out + ".part",
            written;
        using (var log = new MergedLog(scored.Kafka, [Topics.Interactions, .. Modules.Topics], context.Time))
        {
            if (log.Partitions(Topics.Interactions) == 0)
            {
                throw new CommandException(
                    $"Kafka at {scored.Kafka.Brokers} has no topic '{Topics.Interactions}': give the Kafka that the "
                        + $"engine reads with --kafka H:P."
                );
            }

            if (
                scored.SigningSecrets.Count == 0
                && WorkflowModules.All.FirstOrDefault(one => one.NeedsSigningSecrets && log.Holds(one.Topic))
                    is { } module
            )
            {
                throw new CommandException(
                    $"the log contains {module.Name}, but there is no key to verify their codes: list the group's key "
                        + $"files under signing_keys in engine.yaml.",
                    ExitCodes.WrongUse
                );
            }

            await using var output = new FileStream(part, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
            PipelineLimits limits = scored.File.Config.Bounds.ToLimits();
            using var knowledge = new RescoreKnowledge(
                scored.Kafka,
                scored.Keys.Prefix,
                scored.Keys.Group,
                scored.Base.Hash,
                new ReplayIndex(new ReplaySettings(limits.ReplayPaths)),
                context.Time
            );
            var verdicts = new VerdictLines(output);
            using var clicks = new LogScorer(
                scored.Kafka,
                scored.Base.Hash,
                timeline,
                limits,
                Enumerable.Range(0, log.Partitions(Topics.Interactions)),
                verdicts,
                knowledge,
                context.Time
            );
            var workflows = new WorkflowScorer(
                Modules.CreateDeciders(new DeciderServices(scored.SigningSecrets)),
                timeline,
                scored.Base.Hash,
                output
            );
            workflows.Join(knowledge, limits.Standings, log.Partitions);
            Score(log, clicks, workflows, context, cancel);
            written = FormattableString.Invariant(
                $"{verdicts.Verdicts:#,0} verdicts and {workflows.Results:#,0} workflow results"
            );
        }
        // Move the file into place, so it is either complete or absent.
        File.Move(part, request.Out, overwrite: true);
        context.Out.WriteLine($"{written} in {request.Out}.");
        return ExitCodes.Done;
    }

    private static void Score(
        MergedLog log,
        LogScorer clicks,
        WorkflowScorer workflows,
        CommandContext context,
        CancellationToken cancel
    )
    {
        long all = log.Length,
            done = 0,
            lastReport = context.Time.GetTimestamp();
        for (; log.Current is { } record; log.Advance())
        {
            cancel.ThrowIfCancellationRequested();
            if (record.Topic == Topics.Interactions)
            {
                clicks.Take(record, log.LogTime);
            }
            else
            {
                // Flush clicks first: this record must see their standings and come after them in the output.
                clicks.Flush();
                workflows.Take(record);
            }
            done++;
            if (context.Time.GetElapsedTime(lastReport) < ReportEvery)
            {
                continue;
            }

            lastReport = context.Time.GetTimestamp();
            context.Error.WriteLine(FormattableString.Invariant($"engine: rescored {done:#,0} of {all:#,0} records"));
        }
        clicks.Flush();
        workflows.End();
    }
}
