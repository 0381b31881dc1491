using Engine.Client;

namespace Ingest.Http.Links;

/// <summary>Counts what became of the clicks on ads' links. Thread-safe.</summary>
internal sealed class LinkCounts
{
    private long _decided,
        _undecided,
        _unsent;

    /// <summary>Clicks with a verdict in time.</summary>
    internal long Decided => Interlocked.Read(ref _decided);

    /// <summary>Clicks without one, which were redirected all the same.</summary>
    internal long Undecided => Interlocked.Read(ref _undecided);

    /// <summary>Clicks that Kafka didn't take.</summary>
    internal long Unsent => Interlocked.Read(ref _unsent);

    internal void Count(Verdict? verdict) => Interlocked.Increment(ref verdict == null ? ref _undecided : ref _decided);

    /// <summary>Counts a click if Kafka doesn't take it, whenever that is known.</summary>
    internal void Sending(Task<Acknowledged> sent) =>
        _ = sent.ContinueWith(
            failed =>
            {
                _ = failed.Exception;
                Interlocked.Increment(ref _unsent);
            },
            CancellationToken.None,
            TaskContinuationOptions.NotOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
}
