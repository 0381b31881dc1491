using System.Security.Cryptography;
using Engine.Client;
using Engine.CommandLine;
using Engine.Contracts;
using Ingest.Generate;
using Ingest.Generate.Actors;
using Ingest.Generate.Bindings;
using Ingest.Generate.Events;
using Ingest.Sending;

namespace Ingest.Cli;

/// <summary>Sends sample traffic, or writes it to a file, and writes down what is true of it.</summary>
internal static class GenerateRun
{
    internal static async Task<int> RunAsync(GenerateRequest request, CommandContext context, CancellationToken cancel)
    {
        RunningEngine? engine = RunningEngine.Find();
        string? kafka = request.OutFile is null ? request.Kafka ?? engine?.Kafka ?? RunningEngine.KafkaOr(null) : null;
        // Ids follow from the seed: with one seed for all, a second run would be nothing but duplicates.
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
        if (request.Requests > 0)
        {
            all = ContentPages.ByTime(
                all,
                new ContentPages(seed, request.Requests, traffic.StartMs + span, request.Span)
            );
        }

        if (request.Processes > 0)
        {
            all = ContentPages.ByTime(
                all,
                new ProcessTraffic(seed, request.Processes, traffic.StartMs, traffic.StartMs + span)
            );
        }

        if (request.Bindings > 0)
        {
            all = all.Concat(
                BindingTraffic.Play(EngineOf(request, engine), request.Page, request.Bindings, seed, context.Time)
            );
        }

        IEnumerable<SampleEvent> events = all.Select(next => Note(next, counts, labels));
        long doomed = kafka is null
            ? await WriteAsync(request.OutFile!, events, cancel).ConfigureAwait(false)
            : await SendAsync(request, context, engine, kafka, traffic, events, progress, now, cancel)
                .ConfigureAwait(false);
        Summary.Write(context.Out, counts, counts.Values.Sum(), 0, doomed, progress.Elapsed);
        return ExitCodes.Done;
    }

    private static string EngineOf(GenerateRequest request, RunningEngine? engine) =>
        request.Engine
        ?? engine?.Http
        ?? throw new CommandException(
            "--bindings needs an engine, which makes their codes: name its HTTP address with --engine HOST:PORT, or "
                + "start out/engine run.",
            ExitCodes.WrongUse
        );

    private static SampleEvent Note(SampleEvent next, SortedDictionary<string, long> counts, StreamWriter? labels)
    {
        string what = next.Invalid is null
            ? next.Actor == Malformed.Name
                ? Malformed.Name
                : next.Type == "click"
                    ? "click again"
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
        RunningEngine? engine,
        string kafka,
        SampleTraffic traffic,
        IEnumerable<SampleEvent> events,
        ProgressLine progress,
        long now,
        CancellationToken cancel
    )
    {
        long span = (long)request.Span.TotalMilliseconds,
            doomed = 0;
        string[] topics =
        [
            Topics.Interactions,
            .. request.Requests > 0 ? [Topics.ContentRequests] : Array.Empty<string>(),
            .. request.Bindings > 0 ? [Topics.Bindings] : Array.Empty<string>(),
            .. request.Processes > 0 ? [Topics.Processes] : Array.Empty<string>(),
        ];
        await ReadyTopics
            .EnsureAsync(
                kafka,
                topics,
                traffic.StartMs,
                traffic.StartMs + span,
                now,
                request.Speed,
                request.Partitions,
                request.Extra,
                cancel
            )
            .ConfigureAwait(false);
        await using var publisher = new EventPublisher(
            new PublisherOptions
            {
                Kafka = kafka,
                ClientId = "ingest-generate",
                Extra = request.Extra,
            }
        );
        await using Pacing pacing = await Pacing.ForAsync(engine, kafka, context).ConfigureAwait(false);
        var loop = new SendingLoop(publisher, request.Speed, context.Time, pacing.Pace, progress, 0);
        foreach (SampleEvent next in events)
        {
            if (next.Actor == Malformed.Name)
            {
                doomed++;
            }

            await loop.SendAsync(new OutgoingRecord(next.Topic, next.Key, next.Json, next.TimeMs), next.TimeMs, cancel)
                .ConfigureAwait(false);
        }
        await loop.FinishAsync(cancel).ConfigureAwait(false);
        return doomed;
    }

    private static async Task<long> WriteAsync(string file, IEnumerable<SampleEvent> events, CancellationToken cancel)
    {
        long doomed = 0;
        await using var stream = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16);
        foreach (SampleEvent next in events)
        {
            cancel.ThrowIfCancellationRequested();
            if (next.Actor == Malformed.Name)
            {
                doomed++;
            }

            await stream.WriteAsync(next.Json, cancel).ConfigureAwait(false);
            stream.WriteByte((byte)'\n');
        }
        return doomed;
    }
}
