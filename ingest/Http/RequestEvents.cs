using Engine.Client;
using Engine.Client.Checks;
using Engine.Workflows;

namespace Ingest.Http;

/// <summary>The events of one request: checks and sends them, and collects the answer. What it holds is bounded,
/// whatever the request contains: beyond a few megabytes of unacknowledged events it waits for Kafka, and of the
/// problems it lists the first ones and counts the rest. Not thread-safe.</summary>
internal sealed class RequestEvents(EventPublisher publisher)
{
    /// <summary>The maximum number of events in a request.</summary>
    internal const int MaxEvents = 10_000;

    /// <summary>The maximum number of problems listed in an answer.</summary>
    internal const int MaxErrors = 100;

    private const int MaxBytesUnderWay = 4 * 1024 * 1024;

    private readonly Queue<(int Index, int Bytes, Task<Acknowledged> Task)> _underWay = new();
    private readonly List<EventError> _errors = [];
    private int _index,
        _bytesUnderWay,
        _accepted,
        _unlisted;
    private bool _isUnavailable;

    /// <summary>Takes the next event. Waits while too much is under way.</summary>
    /// <returns>False if the request has too many events; nothing more of it is read.</returns>
    internal async ValueTask<bool> TakeAsync(Frame frame)
    {
        if (_index == MaxEvents)
        {
            Fail(
                Reasons.TooLarge,
                null,
                $"a request may have at most {MaxEvents:N0} events; those from here on were not read"
            );
            return false;
        }

        if (_isUnavailable)
        {
            // The next ones would wait as long again.
            Fail(EventsEndpoint.Unavailable, null, "Kafka is unavailable; events from here on were not read");
            return false;
        }

        if (frame.Bytes is not { } bytes)
        {
            Fail(Reasons.TooLarge, null, $"an event may have at most {EventCheck.MaxBytes:N0} bytes");
            return true;
        }

        CheckedEvent found = EventCheck.Inspect(bytes, WorkflowEvents.All);
        if (found.Reason is not null)
        {
            Fail(found.Reason, found.Detail, Refusal.InWords(found, bytes));
            return true;
        }

        _underWay.Enqueue(
            (_index++, bytes.Length, publisher.SendAsync(new OutgoingRecord(found.Topic!, found.Key!, bytes)))
        );
        _bytesUnderWay += bytes.Length;
        while (_bytesUnderWay > MaxBytesUnderWay)
        {
            await EndOldestAsync().ConfigureAwait(false);
        }

        return true;
    }

    /// <summary>Notes a problem of the next event.</summary>
    internal void Fail(string reason, string? detail, string message) =>
        Fail(new EventError(_index++, reason, detail, message));

    /// <summary>Waits until Kafka has acknowledged everything, or given up.</summary>
    internal async Task<EventsAnswer> EndAsync()
    {
        while (_underWay.Count > 0)
        {
            await EndOldestAsync().ConfigureAwait(false);
        }

        if (_index == 0)
        {
            Fail(Reasons.Malformed, null, "the request contains no event");
        }

        _errors.Sort((a, b) => a.Index.CompareTo(b.Index));
        return new EventsAnswer(_accepted, _errors, _unlisted == 0 ? null : _unlisted)
        {
            IsUnavailable = _isUnavailable,
        };
    }

    private async Task EndOldestAsync()
    {
        (int index, int bytes, Task<Acknowledged> task) = _underWay.Dequeue();
        _bytesUnderWay -= bytes;
        try
        {
            await task.ConfigureAwait(false);
            _accepted++;
        }
        catch (NotAcknowledgedException error)
        {
            _isUnavailable = true;
            Fail(new EventError(index, EventsEndpoint.Unavailable, null, error.Message));
        }
    }

    private void Fail(EventError error)
    {
        if (_errors.Count < MaxErrors)
        {
            _errors.Add(error);
        }
        else
        {
            _unlisted++;
        }
    }
}
