using System.Text.Json;
using Engine.Client;
using Engine.CommandLine;
using Engine.Contracts;
using Engine.Partitions.Kafka;
using Engine.Pipeline.Consume.Followers;
using Engine.Pipeline.Settings;
using StackExchange.Redis;

namespace Engine.App.Explain;

/// <summary>A picture of a click's path.</summary>
/// <param name="Replayed">The path that it replays; null if there is none, or if the log no longer holds it.</param>
/// <param name="Note">Why the replayed path is missing, or null.</param>
internal sealed record DrawnPath(string Svg, RecordedPath Path, RecordedPath? Replayed, string? Note);

/// <summary>Draws a click's path, as the log has it, over the one that it replays.</summary>
internal static class PathDrawing
{
    /// <exception cref="CommandException">There is no path, or the log no longer has it.</exception>
    public static async Task<DrawnPath> DrawAsync(
        IDatabase redis,
        string prefix,
        KafkaTarget kafka,
        Verdict verdict,
        CancellationToken cancel
    )
    {
        string click = verdict.Click;
        if (verdict.Path == "missing")
        {
            throw NotThere($"the path of click '{click}' was announced but never arrived.");
        }

        if (verdict.At is not { } at)
        {
            throw NotThere(
                $"the verdict of click '{click}' doesn't give the click's place in the log, as it has no "
                    + $"reasons. With 'deliver: {{ complete_verdicts: true }}' in engine.yaml, the verdicts of later "
                    + $"clicks always give it."
            );
        }

        if (verdict.Path == "none")
        {
            throw NotThere($"click '{click}' has no path.");
        }

        await kafka.CheckAsync(cancel).ConfigureAwait(false);
        using var log = new PathLog(
            kafka,
            await JoinOfAsync(redis, prefix, verdict.Settings, kafka).ConfigureAwait(false)
        );
        RecordedPath path = log.Find(click, ClickPlaces.Parse(at))
            ?? throw NotThere(
                $"the path of click '{click}' is no longer in the log: it is older than the "
                    + $"retention of topic {Topics.Interactions} allows (retention.ms, retention.bytes)."
            );
        (RecordedPath? replayed, string? note) = Replayed(log, verdict);
        return new DrawnPath(PathPicture.Draw(path, verdict, replayed, note), path, replayed, note);
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

        RecordedPath? found = log.Find(click, ClickPlaces.Parse(at));
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

    private static CommandException NotThere(string why) => new(why, ExitCodes.NotThere);
}
