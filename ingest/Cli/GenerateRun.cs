using System.Security.Cryptography;
using Engine.Client;
using Engine.CommandLine;
using Engine.Contracts;
using Engine.Workflows;
using Engine.Workflows.Module.Traffic;
using Ingest.Generate;
using Ingest.Generate.Actors;
using Ingest.Sending;

namespace Ingest.Cli;

/// <summary>Sends sample traffic, or writes it to a file, and records the truth about it.</summary>
internal static class GenerateRun
{
    internal static async Task<int> RunAsync(GenerateRequest request, CommandContext context, CancellationToken cancel)
    {
        if (
            request is { OutFile: { } outFile, LabelsFile: { } truth }
            && Path.GetFullPath(outFile) == Path.GetFullPath(truth)
        )
        {
            throw new CommandException(
                $"--out and --labels both name {truth}: give each a file of its own.",
                ExitCodes.WrongUse
            );
        }

        RunningEngine? engine = RunningEngine.Find();
        SendingConfig? config = request.OutFile is null
            ? SendingConfig.Find(request.Kafka, request.Config, request.Extra)
            : null;
        // The seed determines the ids: with one fixed seed, a second run would only produce duplicates.
        ulong seed = request.Seed ?? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) >> 33;
        long now = context.Time.GetUtcNow().ToUnixTimeMilliseconds();
        long span = (long)request.Span.TotalMilliseconds;
        long start = now - span;
        start += request.Speed.ShiftMs(start, now, now);
        var traffic = new SampleTraffic(seed, request.Clicks, start + span, request.Span);
        context.Error.WriteLine(
            $"{request.Clicks:N0} clicks of seed {seed} over {request.Span.TotalMinutes:0.#} min of event time"
        );

        await using StreamWriter? labels = request.LabelsFile is null ? null : new StreamWriter(request.LabelsFile);
        labels?.WriteLine("click,label,kind");
        var progress = new ProgressLine(context.Error, context.Time, context.IsTerminal);
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        IEnumerable<SampleEvent> all = traffic;
        foreach (ISampleTraffic workflow in Requested(request).Where(one => !one.NeedsEngine))
        {
            all = EventStreams.MergeByTime(
                all,
                workflow.Play(TrafficOf(request, workflow, "", seed, traffic.StartMs, traffic.StartMs + span, context))
            );
        }

        foreach (ISampleTraffic workflow in Requested(request).Where(one => one.NeedsEngine))
        {
            string http = EngineOf(request, workflow, engine);
            all = all.Concat(
                workflow.Play(
                    TrafficOf(request, workflow, http, seed, traffic.StartMs, traffic.StartMs + span, context)
                )
            );
        }

        IEnumerable<SampleEvent> events = all.Select(next => Note(next, counts, labels));
        long deadLetters;
        try
        {
            deadLetters = config is null
                ? await WriteAsync(request.OutFile!, events, cancel).ConfigureAwait(false)
                : await SendAsync(request, context, config, traffic, events, progress, now, cancel)
                    .ConfigureAwait(false);
        }
        catch (TrafficException e)
        {
            throw new CommandException(e.Message, e.IsMissing ? ExitCodes.NotThere : ExitCodes.Failed);
        }

        Summary.Write(context.Out, counts, counts.Values.Sum(), 0, deadLetters, progress.Elapsed);
        return ExitCodes.Done;
    }

    /// <summary>Gets the workflows with requested sample traffic.</summary>
    private static IEnumerable<ISampleTraffic> Requested(GenerateRequest request) =>
        WorkflowModules
            .All.Select(module => module.Traffic)
            .OfType<ISampleTraffic>()
            .Where(traffic => request.Workflows.GetValueOrDefault(traffic.Option) > 0);

    private static TrafficRequest TrafficOf(
        GenerateRequest request,
        ISampleTraffic traffic,
        string engine,
        ulong seed,
        long startMs,
        long endMs,
        CommandContext context
    ) =>
        new(
            seed,
            request.Workflows[traffic.Option],
            startMs,
            endMs,
            engine,
            request.TokenFile == null ? null : TokenFile.Read(request.TokenFile),
            traffic.Options.ToDictionary(
                option => option.Name,
                option => request.Options.GetValueOrDefault(option.Name, option.Default)
            ),
            context.Time
        );

    private static string EngineOf(GenerateRequest request, ISampleTraffic traffic, RunningEngine? engine) =>
        request.Engine
        ?? engine?.Http
        ?? throw new CommandException(
            $"--{traffic.Option} needs an engine: give its HTTP address with --engine HOST:PORT, or start "
                + "out/engine run.",
            ExitCodes.WrongUse
        );

    private static SampleEvent Note(SampleEvent next, SortedDictionary<string, long> counts, StreamWriter? labels)
    {
        string what = next.Invalid is null
            ? next.Actor == Malformed.Name
                ? Malformed.Name
                : next.Type == "click"
                    ? "repeated click"
                    : next.Type
            : next.Type;
        counts[what] = counts.GetValueOrDefault(what) + 1;
        if (next.Invalid is { } invalid)
        {
            labels?.WriteLine($"{next.Click},{(invalid ? 1 : 0)},{next.Actor}");
        }

        return next;
    }

    private static async Task<long> SendAsync(
        GenerateRequest request,
        CommandContext context,
        SendingConfig config,
        SampleTraffic traffic,
        IEnumerable<SampleEvent> events,
        ProgressLine progress,
        long now,
        CancellationToken cancel
    )
    {
        long span = (long)request.Span.TotalMilliseconds,
            deadLetters = 0;
        string[] topics =
        [
            Topics.Interactions,
            .. WorkflowModules
                .All.Where(module =>
                    module.Traffic is { } traffic && request.Workflows.GetValueOrDefault(traffic.Option) > 0
                )
                .Select(module => module.Topic),
        ];
        await ReadyTopics
            .EnsureAsync(
                config,
                topics,
                traffic.StartMs,
                traffic.StartMs + span,
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
                ClientId = "ingest-generate",
                Extra = config.Settings,
            }
        );
        await using Pacing pacing = await Pacing.ForAsync(config, context).ConfigureAwait(false);
        var loop = new SendingLoop(publisher, request.Speed, context.Time, pacing.Pace, progress, 0);
        foreach (SampleEvent next in events)
        {
            if (next.Actor == Malformed.Name)
            {
                deadLetters++;
            }

            await loop.SendAsync(new OutgoingRecord(next.Topic, next.Key, next.Json, next.TimeMs), next.TimeMs, cancel)
                .ConfigureAwait(false);
        }
        await loop.FinishAsync(cancel).ConfigureAwait(false);
        return deadLetters;
    }

    private static async Task<long> WriteAsync(string file, IEnumerable<SampleEvent> events, CancellationToken cancel)
    {
        long deadLetters = 0;
        await using var stream = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16);
        foreach (SampleEvent next in events)
        {
            cancel.ThrowIfCancellationRequested();
            if (next.Actor == Malformed.Name)
            {
                deadLetters++;
            }

            await stream.WriteAsync(next.Json, cancel).ConfigureAwait(false);
            stream.WriteByte((byte)'\n');
        }
        return deadLetters;
    }
}
