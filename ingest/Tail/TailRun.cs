using Engine.Client;
using Engine.Client.Checks;
using Engine.CommandLine;
using Engine.Workflows;
using Ingest.Sending;
using Ingest.Tail.Formats;

namespace Ingest.Tail;

/// <summary>One run over all logs.</summary>
internal sealed class TailRun(TailRequest request, EventPublisher publisher, IPace? pace, CommandContext context)
    : IDisposable
{
    /// <summary>The time that the end waits for acknowledgements.</summary>
    internal static readonly TimeSpan EndWithin = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan KeepEvery = TimeSpan.FromSeconds(1),
        LookEvery = TimeSpan.FromMilliseconds(250);

    private readonly List<TailedLog> _logs = [.. request.Files.Select(file => Open(file, request, context.Time))];
    private readonly ClickMapping _clicks = new(request.Endpoint, request.BehindProxy);
    private readonly UnusableLines _unusable = new(context.Error, context.Time);
    private readonly ProgressLine _progress = new(context.Error, context.Time, context.IsTerminal);
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);
    private long _keptAt = context.Time.GetTimestamp(),
        _others,
        _sent;

    internal async Task RunAsync(CancellationToken cancel)
    {
        while (true)
        {
            bool more = false;
            foreach (TailedLog log in _logs)
            {
                more |= await log
                    .File.ReadAsync(
                        request.Follow,
                        (line, number, offset, tooLong) => TakeAsync(log, line, number, offset, tooLong, cancel),
                        cancel
                    )
                    .ConfigureAwait(false);
                while (log.File.Notes.TryDequeue(out string? note))
                {
                    context.Error.WriteLine($"ingest: {note}");
                }
            }
            if (context.Time.GetElapsedTime(_keptAt) >= KeepEvery)
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
            await Task.Delay(LookEvery, context.Time, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Waits for events in flight within the time limit, and records the places.</summary>
    internal async Task EndAsync(CancellationToken within)
    {
        try
        {
            await KeepAsync(within).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            context.Error.WriteLine(
                $"ingest: Kafka hasn't acknowledged everything within {EndWithin.TotalSeconds:N0} s: lines "
                    + $"since the last recorded place will be sent again."
            );
        }
        foreach (TailedLog log in _logs)
        {
            if (log.File.HasOpenEnd && !request.Follow)
            {
                context.Error.WriteLine(
                    $"ingest: the last line of {log.File.Reading} isn't complete yet: the next run reads it."
                );
            }
        }
        _unusable.End();
    }

    internal void Summarise(TextWriter to)
    {
        Summary.Write(to, _counts, _sent, _unusable.Count, 0, _progress.Elapsed);
        if (!request.IsEvents)
        {
            to.WriteLine($"{"not clicks",-18} {_others,12:N0}");
        }
    }

    private async ValueTask TakeAsync(
        TailedLog log,
        ReadOnlyMemory<byte> line,
        long number,
        long offset,
        bool tooLong,
        CancellationToken cancel
    )
    {
        // Places are also recorded while a long log is read; the place of this log is before this line.
        if (context.Time.GetElapsedTime(_keptAt) >= KeepEvery)
        {
            await KeepAsync(cancel).ConfigureAwait(false);
        }

        if (tooLong)
        {
            _unusable.Add(log.File.Reading, number, $"a request can't be longer than {LogFile.MaxLine:N0} bytes");
            return;
        }
        line = line.Trim(" \t\r"u8);
        if (line.IsEmpty)
        {
            return;
        }

        byte[]? json = request.IsEvents ? line.ToArray() : ClickOf(log, line.Span, number, offset);
        if (json is null)
        {
            return;
        }

        CheckedEvent check = EventCheck.Inspect(json, WorkflowEvents.All);
        if (check.Reason is not null)
        {
            _unusable.Add(log.File.Reading, number, Refusal.InWords(check, json));
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

    /// <summary>Makes a click of a line. Returns null, having counted the line, if it isn't one.</summary>
    private byte[]? ClickOf(TailedLog log, ReadOnlySpan<byte> line, long number, long offset)
    {
        LogFormat format = log.FormatNow();
        var logged = new LoggedRequest();
        if (!format.Read(line, ref logged))
        {
            if (logged.Problem is not null && _unusable.Counts())
            {
                _unusable.Show(log.File.Reading, number, logged.InWords());
            }
        }
        else if (!_clicks.IsClick(logged, format.Escapes))
        {
            _others++;
        }
        else if (logged.Status >= 400)
        {
            _unusable.Add(log.File.Reading, number, $"status {logged.Status}: the endpoint refused the click");
        }
        else
        {
            return _clicks.Write(logged, format.Escapes, line, offset).ToArray();
        }

        return null;
    }

    private async Task KeepAsync(CancellationToken cancel)
    {
        Task drained = publisher.DrainAsync(cancel);
        while (
            await Task.WhenAny(drained, Task.Delay(TimeSpan.FromSeconds(10), context.Time, cancel))
                .ConfigureAwait(false) != drained
            && !cancel.IsCancellationRequested
        )
        {
            context.Error.WriteLine("ingest: Kafka isn't acknowledging events: waiting for it; no line is lost.");
        }

        await drained.ConfigureAwait(false);
        if (publisher.FailedCount > 0)
        {
            throw new CommandException(
                $"Kafka didn't accept {publisher.FailedCount:N0} events: {publisher.LastFailure}. They are "
                    + $"after the recorded place, and the next run sends them."
            );
        }

        foreach (TailedLog log in _logs)
        {
            if (log.File.Place.Offset > 0)
            {
                log.File.Place.Write(log.PlacePath);
            }
        }

        _keptAt = context.Time.GetTimestamp();
    }

    private static TailedLog Open(string file, TailRequest request, TimeProvider time)
    {
        string place = request.Places is null
            ? file + TailPlace.FileSuffix
            : Path.Combine(request.Places, Path.GetFileName(file) + TailPlace.FileSuffix);
        return new TailedLog(new LogFile(file, TailPlace.Read(place), time), place, request);
    }

    public void Dispose()
    {
        foreach (TailedLog log in _logs)
        {
            log.Dispose();
        }

        _clicks.Dispose();
    }
}
