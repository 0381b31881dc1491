using System.Globalization;
using System.Text;
using Engine.App.Explain;
using Engine.Client;
using Engine.CommandLine;
using Engine.Contracts;
using Engine.Pipeline.Consume.Rescore;
using Engine.Pipeline.Settings;
using StackExchange.Redis;

namespace Engine.App.Cli;

/// <summary>The options of <c>engine audit</c>.</summary>
internal sealed record AuditRequest(string Click, GroupRequest Of, string? Key);

/// <summary><c>engine audit</c>: decides a click again from the log, and compares the verdict with the given
/// one.</summary>
internal static class AuditCommand
{
    public static async Task<int> RunAsync(AuditRequest request, CommandContext context, CancellationToken cancel)
    {
        ScoredGroup scored = await ScoredGroup.FindAsync(request.Of).ConfigureAwait(false);
        using ConnectionMultiplexer connection = await scored.Redis.ConnectAsync().ConfigureAwait(false);
        var verdicts = new VerdictLookup(connection, scored.Keys.Prefix, context.Time);
        byte[]? given = await verdicts.GetJsonAsync(request.Click).ConfigureAwait(false);
        await scored.Kafka.CheckAsync(cancel).ConfigureAwait(false);
        SettingsTimeline timeline = scored.Settings.Timeline();
        FoundClick click = Find(scored, request, given, context, cancel);
        given ??= await verdicts
            .GetJsonAsync(
                request.Click,
                ClickPlace.At(new Acknowledged(Topics.Interactions, click.Partition, click.Offset))
            )
            .ConfigureAwait(false);
        context.Out.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"click       {request.Click} at {new LogPlace(Topics.Interactions, click.Partition, click.Offset)}, "
                    + $"{DateTimeOffset.FromUnixTimeMilliseconds(click.Timestamp):yyyy-MM-dd HH:mm:ss.fff} UTC"
            )
        );
        long since = context.Time.GetTimestamp();
        AuditFinding found = new ClickAudit(
            scored.Kafka,
            scored.Keys,
            scored.Base.Hash,
            timeline,
            scored.File.Config.Bounds.ToLimits(),
            context.Time
        ).Run(click, given, cancel);
        context.Out.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"read        {found.Records:#,0} records from offset {found.From:#,0} on, in "
                    + $"{context.Time.GetElapsedTime(since).TotalSeconds:0.0} s"
            )
        );
        context.Out.WriteLine($"knew        {Knew(found)}");
        context.Out.WriteLine($"given       {Text(given) ?? "none: it isn't decided yet, or its verdict has expired"}");
        context.Out.WriteLine(
            $"reproduced  {Text(found.Reproduced) ?? "none: an event with this id came shortly before"}"
        );
        if (given == null)
        {
            return ExitCodes.NotThere;
        }

        if (GivenVerdict.Matches(request.Click, given, found))
        {
            context.Out.WriteLine("equal");
            return ExitCodes.Done;
        }

        foreach (string line in AuditDifferences.Between(given, found))
        {
            context.Out.WriteLine(line);
        }

        return ExitCodes.Failed;
    }

    /// <summary>The click's place by its verdict, otherwise by reading the log.</summary>
    private static FoundClick Find(
        ScoredGroup scored,
        AuditRequest request,
        byte[]? given,
        CommandContext context,
        CancellationToken cancel
    )
    {
        using var search = new ClickSearch(scored.Kafka);
        if (given != null && VerdictLookup.Read(request.Click, given).At is { } at)
        {
            LogPlace place = ClickPlaces.Parse(at);
            return search.At(place.Partition, place.Offset, request.Click)
                ?? throw new CommandException(
                    $"click '{request.Click}' is not at {at}: the log no longer has it (retention), or this is not "
                        + $"the Kafka of the group '{scored.Keys.Group}'.",
                    ExitCodes.NotThere
                );
        }

        int all = search.Partitions;
        int[] partitions =
            request.Key == null
                ? [.. Enumerable.Range(0, all)]
                : [Murmur2.Partition(Encoding.UTF8.GetBytes(request.Key), all)];
        foreach (int partition in partitions)
        {
            string name = RedisKeys.Partition(Topics.Interactions, partition);
            FoundClick? found = search.Find(
                partition,
                request.Click,
                read =>
                    context.Error.WriteLine(
                        string.Create(CultureInfo.InvariantCulture, $"engine: searched {read:#,0} records of {name}")
                    ),
                cancel
            );
            if (found is { } click)
            {
                return click;
            }
        }

        string searched =
            request.Key == null ? Topics.Interactions : RedisKeys.Partition(Topics.Interactions, partitions[0]);
        throw new CommandException(
            $"click '{request.Click}' is not in the log of {searched}: it never came, it is older than retention "
                + $"allows, or its key is another.",
            ExitCodes.NotThere
        );
    }

    private static string Knew(AuditFinding found) =>
        found.Mark is not { } mark
            ? "nothing of other partitions: no mark tells what"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"of other partitions what mark {mark.Number} of ownership {mark.Owner} says, from offset {mark.From} "
                    + $"on: standings before {Offsets(mark.Known.Standings)}, path-signatures before "
                    + $"{Offsets(mark.Known.Signatures)}"
            );

    private static string Offsets(long[] offsets) => string.Join(", ", offsets);

    private static string? Text(byte[]? verdict) => verdict == null ? null : Encoding.UTF8.GetString(verdict);
}
