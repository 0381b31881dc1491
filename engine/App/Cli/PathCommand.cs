using System.Globalization;
using System.Text;
using System.Text.Json;
using Engine.App.Explain;
using Engine.Client;
using Engine.CommandLine;
using Engine.Configuration.Connections;
using Engine.Contracts;
using Engine.Partitions.Kafka;
using Engine.Pipeline.Consume.Followers;
using Engine.Pipeline.Settings;
using StackExchange.Redis;

namespace Engine.App.Cli;

/// <summary>The options of <c>engine path</c>.</summary>
internal sealed record PathRequest(
    string Click,
    string? Kafka,
    string? Redis,
    string? Config,
    string? Prefix,
    string? Out
);

/// <summary><c>engine path</c>: draws a click's path over the one that it replays.</summary>
internal static class PathCommand
{
    public static async Task<int> RunAsync(PathRequest request, CommandContext context)
    {
        (KafkaTarget kafka, RedisServers redis, string prefix) = Addresses.Find(
            request.Kafka,
            request.Redis,
            request.Config,
            request.Prefix
        );
        using ConnectionMultiplexer connection = await redis.ConnectAsync().ConfigureAwait(false);
        IDatabase database = connection.GetDatabase();
        byte[] stored = (byte[]?)
            await database.StringGetAsync(RedisKeys.Verdict(prefix, request.Click)).ConfigureAwait(false)
            ?? throw NotThere(
                $"click '{request.Click}' has no verdict: it isn't decided yet, or its verdict has expired."
            );
        Verdict verdict = VerdictLookup.Read(request.Click, stored);
        if (verdict.Path == "missing")
        {
            throw NotThere($"the path of click '{request.Click}' was announced but never arrived.");
        }

        if (verdict.At is not { } at)
        {
            throw NotThere(
                $"the verdict of click '{request.Click}' doesn't give the click's place in the log, as it has no "
                    + $"reasons. With 'deliver: {{ complete_verdicts: true }}' in engine.yaml, the verdicts of later "
                    + $"clicks always give it."
            );
        }

        if (verdict.Path == "none")
        {
            throw NotThere($"click '{request.Click}' has no path.");
        }

        await kafka.CheckAsync(CancellationToken.None).ConfigureAwait(false);
        using var log = new PathLog(
            kafka,
            await JoinOfAsync(database, prefix, verdict.Settings, kafka).ConfigureAwait(false)
        );
        RecordedPath path = log.Find(request.Click, LogPlace.Parse(at))
            ?? throw NotThere(
                $"the path of click '{request.Click}' is no longer in the log: it is older than the "
                    + $"retention of topic {Topics.Interactions} allows (retention.ms, retention.bytes)."
            );
        (RecordedPath? replayed, string? note) = Replayed(log, verdict);
        string output = request.Out ?? FileName(request.Click);
        await File.WriteAllTextAsync(output, PathPicture.Draw(path, verdict, replayed, note)).ConfigureAwait(false);
        context.Out.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{output}: {path.Points.Count} points in {path.DurationMs:0} "
                    + $"ms{(replayed == null ? "" : $", over the path of click {replayed.Click}")}."
            )
        );
        if (note != null)
        {
            context.Error.WriteLine($"engine: {note}");
        }

        return ExitCodes.Done;
    }

    private static (RecordedPath?, string?) Replayed(PathLog log, Verdict verdict)
    {
        if (
            verdict.Evidence["cursor.replay"] is not { } evidence
            || (string?)evidence["click"] is not { } click
            || (string?)evidence["at"] is not { } at
        )
        {
            return (null, null);
        }

        RecordedPath? found = log.Find(click, LogPlace.Parse(at));
        return (
            found,
            found == null ? $"the path that it replays, of click {click} at {at}, is no longer in the log" : null
        );
    }

    /// <summary>Gets the join deadline that applied to the click.</summary>
    private static async Task<TimeSpan> JoinOfAsync(IDatabase redis, string prefix, string version, KafkaTarget kafka)
    {
        string? group = await redis.StringGetAsync($"{prefix}group").ConfigureAwait(false);
        string? json =
            group == null
                ? null
                : (string?)await redis.StringGetAsync($"{prefix}settings-base:{group}").ConfigureAwait(false);
        long join = TimeLimits.Default.JoinMs;
        if (json == null)
        {
            return TimeSpan.FromMilliseconds(join);
        }

        SettingsSnapshot settings = SettingsSnapshot.FromJson(json);
        if (settings.Records.TryGetValue("limits/time", out JsonElement limits))
        {
            join = JoinIn(limits) ?? join;
        }

        if (!long.TryParse(version.AsSpan(version.IndexOf('-') + 1), out long until))
        {
            return TimeSpan.FromMilliseconds(join);
        }

        foreach (SettingRecord record in SettingsReader.ReadFrom(kafka, settings.Offset))
        {
            if (record.Offset > until)
            {
                break;
            }

            if (record.Key != "limits/time")
            {
                continue;
            }

            join =
                record.Json == null
                    ? TimeLimits.Default.JoinMs
                    : JoinIn(JsonDocument.Parse(record.Json).RootElement) ?? join;
        }
        return TimeSpan.FromMilliseconds(join);
    }

    private static long? JoinIn(JsonElement limits) =>
        limits.ValueKind == JsonValueKind.Object
        && limits.TryGetProperty("join_ms", out JsonElement join)
        && join.TryGetInt64(out long ms)
        && ms >= 0
            ? ms
            : null;

    /// <summary>Gets a file name for a click, whose id may contain characters that file names can't.</summary>
    private static string FileName(string click)
    {
        var name = new StringBuilder(click);
        for (int i = 0; i < name.Length; i++)
        {
            if (name[i] is '/' or '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|')
            {
                name[i] = '_';
            }
        }

        return name.Append(".svg").ToString();
    }

    private static CommandException NotThere(string why) => new(why, ExitCodes.NotThere);
}
