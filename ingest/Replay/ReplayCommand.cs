using System.CommandLine;
using Engine.Client;
using Engine.CommandLine;
using Ingest.Sending;

namespace Ingest.Replay;

/// <summary>Replays files, merged by time: each event goes to its topic under its key, with its time as the record's
/// timestamp. Lines that can't be sent are reported and counted, and make the command fail in the end. Events are sent
/// even if the engine won't accept them.</summary>
public static class ReplayCommand
{
    /// <summary>The maximum number of refused lines shown per file; of the rest, only the number is shown.</summary>
    private const int ShownRefusals = 20;

    /// <summary>Declares the command.</summary>
    internal static Command Create(CommandContext context)
    {
        var files = new Argument<string[]>("FILE")
        {
            Arity = ArgumentArity.OneOrMore,
            Description =
                "JSONL of the contract's events, or of recorded cursor paths (each becomes a click with the "
                + "path); .gz too",
        };
        Option<string?> kafka = SharedOptions.Kafka(),
            config = SharedOptions.Config();
        Option<Speed> speed = SharedOptions.Pace();
        Option<int> partitions = SharedOptions.Partitions();
        var times = new Option<string>("--times")
        {
            HelpName = "shift|keep",
            Description =
                "shift moves all times by one amount, so that the last event's time is the moment it is sent (at "
                + "speed 1 and below, the first event's); keep leaves the times as they are",
            DefaultValueFactory = _ => "shift",
        };
        times.AcceptOnlyFromAmong("shift", "keep");
        var command = new Command(
            "replay",
            "Sends files, merged by time, to their topics with the right keys; a record's timestamp is its event's "
                + "time."
        )
        {
            files,
            kafka,
            config,
            speed,
            times,
            partitions,
        };
        command.SetAction(
            (parsed, cancel) =>
                RunAsync(
                    new ReplayRequest
                    {
                        Files = parsed.GetRequiredValue(files),
                        Kafka = parsed.GetValue(kafka),
                        Config = parsed.GetValue(config),
                        Speed = parsed.GetValue(speed),
                        KeepTimes = parsed.GetValue(times) == "keep",
                        Partitions = parsed.GetValue(partitions),
                    },
                    context,
                    cancel
                )
        );
        return command;
    }

    public static async Task<int> RunAsync(ReplayRequest request, CommandContext context, CancellationToken cancel)
    {
        SendingConfig config = SendingConfig.Find(request.Kafka, request.Config, request.Extra);
        List<ReplayFile> files = [];
        long refused = 0;
        foreach (string path in request.Files)
        {
            refused += Scan(path, files, context.Error);
        }

        long total = files.Sum(file => file.Count);
        if (total == 0)
        {
            context.Error.WriteLine("The files contain no event that can be sent.");
            return refused > 0 ? ExitCodes.Failed : ExitCodes.Done;
        }
        long[] offsets = Offsets(files);
        long first = files
            .Where(file => file.Count > 0)
            .Select(file => file.FirstMs + offsets[files.IndexOf(file)])
            .Min();
        long last = files
            .Where(file => file.Count > 0)
            .Select(file => file.LastMs + offsets[files.IndexOf(file)])
            .Max();
        long now = context.Time.GetUtcNow().ToUnixTimeMilliseconds();
        long shift = request.KeepTimes ? 0 : request.Speed.ShiftMs(first, last, now);
        await ReadyTopics
            .EnsureAsync(
                config,
                files.SelectMany(file => file.Topics),
                first + shift,
                last + shift,
                now,
                request.Speed,
                request.Partitions,
                cancel
            )
            .ConfigureAwait(false);

        await using var publisher = new EventPublisher(
            new PublisherOptions
            {
                Kafka = config.Kafka,
                ClientId = "ingest-replay",
                Extra = config.Settings,
            }
        );
        await using var pacing = await Pacing.ForAsync(config, context).ConfigureAwait(false);
        var progress = new ProgressLine(context.Error, context.Time, context.IsTerminal);
        var loop = new SendingLoop(publisher, request.Speed, context.Time, pacing.Pace, progress, total);
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        long deadLetters = 0;
        foreach (
            (ReplayEvent next, long offset) in Merge.ByTime([.. files.Select((file, i) => (file.Events(), offsets[i]))])
        )
        {
            long time = next.TimeMs + offset + shift;
            await loop.SendAsync(
                    new OutgoingRecord(next.Found.Topic!, next.Found.Key!, next.MovedBy(offset + shift), time),
                    time,
                    cancel
                )
                .ConfigureAwait(false);
            counts[next.Found.Type!] = counts.GetValueOrDefault(next.Found.Type!) + 1;
            if (next.Found.Reason is not null)
            {
                deadLetters++;
            }
        }
        await loop.FinishAsync(cancel).ConfigureAwait(false);
        Summary.Write(context.Out, counts, loop.Sent, refused, deadLetters, progress.Elapsed);
        return refused > 0 ? ExitCodes.Failed : ExitCodes.Done;
    }

    private static long Scan(string path, List<ReplayFile> files, TextWriter error)
    {
        var file = new ReplayFile(path);
        long refused = 0;
        file.Scan(line =>
        {
            if (refused++ < ShownRefusals)
            {
                error.WriteLine($"{line.File}:{line.Line}: {line.Why}");
            }
        });
        if (refused > ShownRefusals)
        {
            error.WriteLine($"{path}: and {refused - ShownRefusals:N0} more lines that can't be sent");
        }

        files.Add(file);
        return refused;
    }

    /// <summary>Recorded paths have no times: beside events that do, they are shifted to end together with
    /// them.</summary>
    internal static long[] Offsets(IReadOnlyList<ReplayFile> files)
    {
        long[] offsets = new long[files.Count];
        long[] ends = [.. files.Where(file => file is { HoldsPaths: false, Count: > 0 }).Select(file => file.LastMs)];
        if (ends.Length == 0)
        {
            return offsets;
        }

        for (int i = 0; i < files.Count; i++)
        {
            if (files[i] is { HoldsPaths: true, Count: > 0 })
            {
                offsets[i] = ends.Max() - files[i].LastMs;
            }
        }
        return offsets;
    }
}
