using System.Globalization;
using System.Text.Json;
using Engine.App.Configuration;
using Engine.App.Hosting;
using Engine.Contracts;
using Engine.Contracts.Settings;
using Engine.Pipeline;
using Engine.Pipeline.Consume;
using Engine.Pipeline.Settings;
using Ingest.Cli;
using StackExchange.Redis;

namespace Engine.App.Cli;

/// <summary>What <c>engine rescore</c> was asked for.</summary>
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

/// <summary><c>engine rescore</c>: the log once more, from its beginning, into a file; two runs agree byte for byte.</summary>
internal static class RescoreCommand
{
    public static async Task<int> RunAsync(RescoreRequest request, Surroundings around, CancellationToken cancel)
    {
        ConfigFile file = ConfigFile.Find(request.Config);
        RunningEngine? running = request.Kafka == null && request.Redis == null ? RunningEngine.Find() : null;
        string kafka = Address(request.Kafka, file.Config.Kafka, running?.Kafka, "Kafka", "--kafka"), redis = Address(request.Redis, file.Config.Redis, running?.Redis, "Redis", "--redis");
        string group = request.Group ?? running?.Group ?? file.Config.Group, prefix = request.Prefix ?? running?.Prefix ?? file.Config.Prefix;
        var target = new KafkaTarget(kafka, file.Config.Consume.Librdkafka);
        SettingsBase settingsBase = await BaseOfAsync(redis, new RedisKeys(prefix, group)).ConfigureAwait(false);
        SettingsTimeline timeline = TimelineOf(settingsBase, target, request, file);

        string part = request.Out + ".part";
        long verdicts;
        await using (var output = new FileStream(part, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
        {
            using var scorer = new LogScorer(target, settingsBase.Hash, timeline, file.Config.Bounds.ToLimits(), output, around.Time);
            verdicts = scorer.Run((done, all) => around.Error.WriteLine(FormattableString.Invariant($"engine: scored {done:#,0} of {all:#,0} records again")), cancel);
        }
        // The file appears whole or not at all.
        File.Move(part, request.Out, overwrite: true);
        around.Out.WriteLine($"{Terminal.RunSummary.N(verdicts)} verdicts in {request.Out}.");
        return ExitCodes.Done;
    }

    private static string Address(string? named, string configured, string? running, string what, string option) =>
        named ?? (configured.Length > 0 ? configured : running) ?? throw new CommandFailure($"no {what} address: name one with {option} HOST:PORT.");

    private static async Task<SettingsBase> BaseOfAsync(string redis, RedisKeys keys)
    {
        using ConnectionMultiplexer connection = await ConnectionMultiplexer.ConnectAsync(redis).ConfigureAwait(false);
        string? json = await connection.GetDatabase().StringGetAsync(keys.SettingsBase).ConfigureAwait(false);
        return json == null
            ? throw new CommandFailure($"the group '{keys.Group}' has no base settings in this Redis: it has never run here; name the group with --group.", ExitCodes.NotThere)
            : SettingsBase.FromJson(json);
    }

    /// <summary>Settings as they came into force; or those of one version, in force from the beginning.</summary>
    private static SettingsTimeline TimelineOf(SettingsBase settingsBase, KafkaTarget kafka, RescoreRequest request, ConfigFile file)
    {
        long? upTo = request.Settings switch
        {
            null => null,
            "s-base" => settingsBase.Offset - 1,
            var text when text.StartsWith("s-", StringComparison.Ordinal) && long.TryParse(text.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out long offset) => offset,
            var text => throw new CommandFailure($"--settings '{text}' is no version; versions are s-base and s-N, as verdicts name them.", ExitCodes.WrongUse),
        };
        try
        {
            SettingsBook book = SettingsBook.Of(settingsBase, file.Files, Deciders.Kinds);
            var delay = TimeSpan.FromSeconds(2);
            if (request.Model != null) book.Replace("model/clicks", ModelInForce.Load("clicks", File.ReadAllBytes(request.Model)));
            SettingsTimeline? timeline = upTo == null ? new SettingsTimeline(book.Build("s-base", settingsBase.Hash), delay) : null;
            string version = "s-base";
            foreach (SettingRecord record in SettingsReader.ReadFrom(kafka, settingsBase.Offset))
            {
                if (record.Offset > upTo) break;
                try
                {
                    if (request.Model == null || record.Key != "model/clicks") book.Apply(record.Key, record.Json);
                }
                catch (SettingException)
                {
                    continue; // it changed nothing then, either
                }
                version = $"s-{record.Offset}";
                timeline?.Append(book.Build(version, settingsBase.Hash), record.LogTime);
            }
            return timeline ?? new SettingsTimeline(book.Build(version, settingsBase.Hash), delay);
        }
        catch (Exception e) when (e is SettingException or Models.Scoring.ArtefactException)
        {
            throw new CommandFailure(e.Message, ExitCodes.WrongUse);
        }
    }
}
