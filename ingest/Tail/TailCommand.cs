using System.Buffers;
using System.Text;
using Engine.Contracts;
using Engine.Workflows;
using Ingest.Cli;
using Ingest.Publishing;

namespace Ingest.Tail;

/// <summary>What <c>ingest tail</c> was asked for.</summary>
public sealed record TailRequest
{
    /// <summary>The logs.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>The broker; null for that of the engine that runs here.</summary>
    public string? Kafka { get; init; }

    /// <summary>Whether the lines are events in JSON; else requests in the combined format.</summary>
    public bool IsJson { get; init; }

    /// <summary>The path of the click-redirect endpoint; requests for others are no clicks.</summary>
    public string Endpoint { get; init; } = "/click";

    /// <summary>Whether to go on at the end until stopped.</summary>
    public bool Follow { get; init; }

    /// <summary>The folder that places are kept in; null for beside each log.</summary>
    public string? Places { get; init; }
}

/// <summary>
/// Sends a web server's log as it grows. Each line is sent once: how far a log was read is kept in a small file, after
/// Kafka has acknowledged everything before it. Only a crash between the two sends lines again, under the same ids, so
/// that the engine counts them as duplicates.
/// </summary>
public static class TailCommand
{
    /// <summary>What is added to a log's name for the file of its place.</summary>
    internal const string PlaceSuffix = ".place";

    private static readonly TimeSpan KeepEvery = TimeSpan.FromSeconds(1),
        LookEvery = TimeSpan.FromMilliseconds(250),
        EndWithin = TimeSpan.FromSeconds(15);

    public static async Task<int> RunAsync(TailRequest request, Surroundings around, CancellationToken cancel)
    {
        RunningEngine? engine = RunningEngine.Find();
        string kafka = request.Kafka ?? engine?.Kafka ?? RunningEngine.KafkaOr(null);
        foreach (string file in request.Files)
        {
            if (Directory.Exists(file))
            {
                throw new CommandFailure($"{file} is a directory: name the logs in it.", ExitCodes.WrongUse);
            }

            if (!request.Follow && !File.Exists(file))
            {
                throw new CommandFailure($"{file} isn't there.", ExitCodes.NotThere);
            }
        }
        try
        {
            await new TopicMaker(kafka)
                .EnsureAsync(
                    request.IsJson ? WorkflowEvents.All.Holds.Keys : [Topics.Interactions],
                    TopicTimestamps.LogAppendTime,
                    cancel: cancel
                )
                .ConfigureAwait(false);
        }
        catch (Confluent.Kafka.KafkaException error)
        {
            throw new CommandFailure(
                $"Kafka at {kafka} can't be used: {error.Error.Reason}. Is it up, and the address right?"
            );
        }
        await using var pacing = await Pacing.ForAsync(engine, kafka, around).ConfigureAwait(false);
        await using var publisher = new EventPublisher(
            new PublisherOptions
            {
                // A log can wait for its broker as long as it takes; one that is read to its end once can't.
                Kafka = kafka,
                ClientId = "ingest-tail",
                GiveUpAfter = request.Follow ? TimeSpan.Zero : TimeSpan.FromSeconds(30),
            }
        );
        var tail = new Tailing(request, publisher, pacing.Pace, around);
        try
        {
            await tail.RunAsync(cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested && request.Follow)
        {
            // Ctrl-C, or a kill: the end of following.
        }
        finally
        {
            using var end = new CancellationTokenSource(EndWithin, around.Time);
            await tail.EndAsync(end.Token).ConfigureAwait(false);
        }
        tail.Summarise(around.Out);
        return ExitCodes.Done;
    }

    /// <summary>One run over all logs.</summary>
    private sealed class Tailing(TailRequest request, EventPublisher publisher, IPace? pace, Surroundings around)
    {
        private readonly List<(LogFile Log, string Place)> _logs =
        [
            .. request.Files.Select(file => Open(file, request.Places, around.Time)),
        ];
        private readonly UnusableLines _unusable = new(around.Error, around.Time);
        private readonly ProgressLine _progress = new(around.Error, around.Time, around.IsTerminal);
        private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);
        private long _keptAt = around.Time.GetTimestamp(),
            _others,
            _sent;

        internal async Task RunAsync(CancellationToken cancel)
        {
            while (true)
            {
                bool more = false;
                foreach ((LogFile log, _) in _logs)
                {
                    more |= await log.ReadAsync(
                            request.Follow,
                            (line, number, offset, tooLong) => TakeAsync(log, line, number, offset, tooLong, cancel),
                            cancel
                        )
                        .ConfigureAwait(false);
                    while (log.Notes.TryDequeue(out string? note))
                    {
                        around.Error.WriteLine($"ingest: {note}");
                    }
                }
                if (around.Time.GetElapsedTime(_keptAt) >= KeepEvery)
                {
                    await KeepAsync(cancel).ConfigureAwait(false);
                }

                if (more)
                {
                    continue;
                }

                if (!request.Follow)
                {
                    return;
                }

                if (_sent > 0)
                {
                    _progress.Tell(_sent, 0);
                }

                _unusable.Tell();
                await Task.Delay(LookEvery, around.Time, cancel).ConfigureAwait(false);
            }
        }

        /// <summary>Waits for what is under way, as long as it may, and keeps the places.</summary>
        internal async Task EndAsync(CancellationToken within)
        {
            try
            {
                await KeepAsync(within).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                around.Error.WriteLine(
                    $"ingest: Kafka hasn't acknowledged everything within {EndWithin.TotalSeconds:N0} s: lines "
                        + $"since the place that was kept last will be sent again."
                );
            }
            foreach ((LogFile log, _) in _logs)
            {
                if (log.HasOpenEnd && !request.Follow)
                {
                    around.Error.WriteLine(
                        $"ingest: the last line of {log.Reading} has no end yet: it is left for the next time."
                    );
                }

                log.Dispose();
            }
            _unusable.End();
        }

        internal void Summarise(TextWriter to)
        {
            Summary.Write(to, _counts, _sent, _unusable.Count, 0, _progress.Elapsed);
            if (!request.IsJson)
            {
                to.WriteLine($"{"no clicks",-18} {_others,12:N0}");
            }
        }

        private async ValueTask TakeAsync(
            LogFile log,
            ReadOnlySequence<byte> line,
            long number,
            long offset,
            bool tooLong,
            CancellationToken cancel
        )
        {
            // Of a long log, too, places are kept while it is read; the one of this log is before this line.
            if (around.Time.GetElapsedTime(_keptAt) >= KeepEvery)
            {
                await KeepAsync(cancel).ConfigureAwait(false);
            }

            if (tooLong)
            {
                _unusable.Add(log.Reading, number, $"a line of more than {LogFile.MaxLine:N0} bytes is no request");
                return;
            }
            byte[] bytes = Trimmed(line);
            if (bytes.Length == 0)
            {
                return;
            }

            byte[]? json = request.IsJson ? bytes : ClickOf(log, bytes, number, offset);
            if (json is null)
            {
                return;
            }

            CheckedEvent check = EventCheck.Inspect(json, WorkflowEvents.All);
            if (check.Reason is not null)
            {
                _unusable.Add(log.Reading, number, Refusal.InWords(check, json));
                return;
            }
            if (pace is not null)
            {
                await pace.WaitAsync(json.Length, cancel).ConfigureAwait(false);
            }

            await publisher
                .EnqueueAsync(
                    new OutgoingRecord(check.Topic!, check.Key!, json, check.Time),
                    pace is null ? null : pace.Acknowledged,
                    cancel
                )
                .ConfigureAwait(false);
            _counts[check.Type!] = _counts.GetValueOrDefault(check.Type!) + 1;
            _sent++;
            _progress.Tell(_sent, 0);
        }

        private byte[]? ClickOf(LogFile log, byte[] line, long number, long offset)
        {
            AccessLine? asked = AccessLine.Read(line, out string wrong);
            if (asked is null)
            {
                _unusable.Add(log.Reading, number, wrong);
            }
            else if (!ClickMapping.IsAt(asked, request.Endpoint) || asked.Method is not ("GET" or "POST"))
            {
                _others++;
            }
            else if (asked.Status >= 400)
            {
                _unusable.Add(log.Reading, number, $"status {asked.Status}: the endpoint refused the click");
            }
            else
            {
                return ClickMapping.ToClick(asked, ClickMapping.IdOf(line, offset));
            }

            return null;
        }

        private async Task KeepAsync(CancellationToken cancel)
        {
            Task drained = publisher.DrainAsync(cancel);
            while (
                await Task.WhenAny(drained, Task.Delay(TimeSpan.FromSeconds(10), around.Time, cancel))
                    .ConfigureAwait(false) != drained
                && !cancel.IsCancellationRequested
            )
            {
                around.Error.WriteLine("ingest: Kafka acknowledges nothing: waiting for it; no line is lost.");
            }

            await drained.ConfigureAwait(false);
            if (publisher.FailedCount > 0)
            {
                throw new CommandFailure(
                    $"Kafka did not take {publisher.FailedCount:N0} events: {publisher.LastFailure}. They lie "
                        + $"behind the place that was kept, and are sent the next time."
                );
            }

            foreach ((LogFile log, string place) in _logs)
            {
                if (log.Place.Offset > 0)
                {
                    log.Place.Write(place);
                }
            }

            _keptAt = around.Time.GetTimestamp();
        }

        private static (LogFile, string) Open(string file, string? places, TimeProvider time)
        {
            string place = places is null
                ? file + PlaceSuffix
                : Path.Combine(places, Path.GetFileName(file) + PlaceSuffix);
            return (new LogFile(file, TailPlace.Read(place), time), place);
        }

        private static byte[] Trimmed(in ReadOnlySequence<byte> line)
        {
            byte[] bytes = line.ToArray();
            ReadOnlySpan<byte> trimmed = bytes.AsSpan().Trim(" \t\r"u8);
            return trimmed.Length == bytes.Length ? bytes : trimmed.ToArray();
        }
    }
}
