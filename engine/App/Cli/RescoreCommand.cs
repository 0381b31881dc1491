using System.Globalization;
using Engine.App.Configuration;
using Engine.App.Hosting;
using Engine.CommandLine;
using Engine.Contracts;
using Engine.Contracts.Settings;
using Engine.Partitions.Kafka;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Consume.Followers;
using Engine.Pipeline.Consume.Logs;
using Engine.Pipeline.Consume.Rescore;
using Engine.Pipeline.Replay;
using Engine.Pipeline.Settings;
using Engine.Workflows;
using Engine.Workflows.Module;
using Engine.Workflows.Runtime;
using StackExchange.Redis;

namespace Engine.App.Cli;

/// <summary>The options of <c>engine rescore</c>.</summary>
public sealed record RescoreRequest
{
    public string? Kafka { get; init; }
    public string? Redis { get; init; }
    public string? Group { get; init; }
    public string? Config { get; init; }
    public string? Prefix { get; init; }
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
        ConfigFile file = ConfigFile.Find(request.Config);
        RunningEngine? running = request.Kafka == null && request.Redis == null ? RunningEngine.Find() : null;
        string kafka = Address(request.Kafka, file.Config.Kafka, running?.Kafka, "Kafka", "--kafka"),
            redis = Address(request.Redis, file.Config.Redis, running?.Redis, "Redis", "--redis");
        string group = request.Group ?? running?.Group ?? file.Config.Group,
            prefix = request.Prefix ?? running?.Prefix ?? file.Config.Prefix;
        var target = new KafkaTarget(kafka, file.Config.Consume.Librdkafka);
        (SettingsSnapshot settingsBase, IReadOnlyList<byte[]> secrets) = await OfGroupAsync(
                redis,
                new RedisKeys(prefix, group),
                file
            )
            .ConfigureAwait(false);
        SettingsTimeline timeline = TimelineOf(settingsBase, target, request, file);

        string part = request.Out + ".part",
            written;
        using (var log = new MergedLog(target, [Topics.Interactions, .. Modules.Topics], context.Time))
        {
            if (log.Partitions(Topics.Interactions) == 0)
            {
                throw new CommandException(
                    $"Kafka at {kafka} has no topic '{Topics.Interactions}': give the Kafka that the engine reads "
                        + $"with --kafka H:P."
                );
            }

            if (
                secrets.Count == 0
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
            PipelineLimits limits = file.Config.Bounds.ToLimits();
            using var knowledge = new RescoreKnowledge(
                target,
                prefix,
                group,
                settingsBase.Hash,
                new ReplayIndex(new ReplaySettings(limits.ReplayPaths)),
                context.Time
            );
            using var clicks = new LogScorer(
                target,
                settingsBase.Hash,
                timeline,
                limits,
                log.Partitions(Topics.Interactions),
                output,
                knowledge,
                context.Time
            );
            var workflows = new WorkflowScorer(
                Modules.CreateDeciders(new DeciderServices(secrets)),
                timeline,
                settingsBase.Hash,
                output
            );
            workflows.Join(knowledge, limits.Standings, log.Partitions);
            Score(log, clicks, workflows, context, cancel);
            written = FormattableString.Invariant(
                $"{clicks.Verdicts:#,0} verdicts and {workflows.Results:#,0} workflow results"
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

    private static string Address(string? named, string configured, string? running, string what, string option) =>
        named
        ?? (configured.Length > 0 ? configured : running)
        ?? throw new CommandException($"no {what} address: give one with {option} HOST:PORT.");

    /// <summary>Gets what Redis keeps permanently: the group's base settings and the secrets that verify
    /// codes.</summary>
    private static async Task<(SettingsSnapshot Base, IReadOnlyList<byte[]> SigningSecrets)> OfGroupAsync(
        string redis,
        RedisKeys keys,
        ConfigFile file
    )
    {
        using ConnectionMultiplexer connection = await ConnectionMultiplexer.ConnectAsync(redis).ConfigureAwait(false);
        string? json = await connection.GetDatabase().StringGetAsync(keys.SettingsBase).ConfigureAwait(false);
        return json == null
            ? throw new CommandException(
                $"the group '{keys.Group}' has no base settings in this Redis: it has never run here; give the "
                    + $"group with --group.",
                ExitCodes.NotThere
            )
            : (SettingsSnapshot.FromJson(json), SigningSecrets.Find(connection.GetDatabase(), keys, file));
    }

    /// <summary>Gets the settings as they came into force, or one version in force from the beginning.</summary>
    private static SettingsTimeline TimelineOf(
        SettingsSnapshot settingsBase,
        KafkaTarget kafka,
        RescoreRequest request,
        ConfigFile file
    )
    {
        long? upTo = request.Settings switch
        {
            null => null,
            "s-base" => settingsBase.Offset - 1,
            var text
                when text.StartsWith("s-", StringComparison.Ordinal)
                    && long.TryParse(
                        text.AsSpan(2),
                        NumberStyles.None,
                        CultureInfo.InvariantCulture,
                        out long offset
                    ) => offset,
            var text => throw new CommandException(
                $"--settings '{text}' isn't a version; versions are s-base and s-N, as in verdicts.",
                ExitCodes.WrongUse
            ),
        };
        try
        {
            SettingsBuilder book = SettingsBuilder.Of(settingsBase, file.Files, Modules.SettingKinds);
            if (request.Model != null)
            {
                book.Replace("model/clicks", ModelInForce.Load("clicks", request.Model, File.ReadAllBytes));
            }

            SettingsTimeline? timeline =
                upTo == null ? new SettingsTimeline(book.Build("s-base", settingsBase.Hash), Activation.Delay) : null;
            string version = "s-base";
            foreach (SettingRecord record in SettingsReader.ReadFrom(kafka, settingsBase.Offset))
            {
                if (record.Offset > upTo)
                {
                    break;
                }

                try
                {
                    if (request.Model == null || record.Key != "model/clicks")
                    {
                        book.Apply(record.Key, record.Json);
                    }
                }
                catch (SettingException)
                {
                    continue; // an invalid record had no effect in the live run either
                }
                version = $"s-{record.Offset}";
                timeline?.Append(book.Build(version, settingsBase.Hash), record.LogTime);
            }
            return timeline ?? new SettingsTimeline(book.Build(version, settingsBase.Hash), Activation.Delay);
        }
        catch (Exception e) when (e is SettingException or Models.Scoring.ArtefactException)
        {
            throw new CommandException(e.Message, ExitCodes.WrongUse);
        }
    }
}
