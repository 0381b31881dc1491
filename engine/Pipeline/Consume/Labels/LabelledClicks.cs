using System.Collections.Concurrent;
using Confluent.Kafka;
using Engine.Contracts;
using Engine.Partitions.Kafka;
using Engine.Pipeline.History;

namespace Engine.Pipeline.Consume.Labels;

/// <summary>Reads labelled clicks again for the lanes that remember their offsets, and sends their dimensions to every
/// instance through <c>standings</c>. Works on its own thread. Requests beyond the bound are dropped and
/// counted.</summary>
public sealed class LabelledClicks : IDisposable
{
    private readonly BlockingCollection<(int Partition, long Offset, string Click)> _requests = new(10_000);
    private readonly ClickReader _reader;
    private readonly KafkaOut _output;
    private readonly DeliveryTracker _sent = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private long _refused;

    public LabelledClicks(KafkaTarget kafka, KafkaOut output)
    {
        (_reader, _output) = (new ClickReader(kafka), output);
        _thread = new Thread(Run) { Name = "labelled clicks", IsBackground = true };
    }

    /// <summary>The number of clicks that weren't read, because there were too many requests or the log no longer has
    /// them.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    public void Start() => _thread.Start();

    /// <summary>Requests a click of an owned partition. Never blocks.</summary>
    public void Request(int partition, long offset, string click)
    {
        if (!_requests.TryAdd((partition, offset, click)))
        {
            Interlocked.Increment(ref _refused);
        }
    }

    private void Run()
    {
        try
        {
            foreach ((int partition, long offset, string click) in _requests.GetConsumingEnumerable(_stop.Token))
            {
                if (Read(partition, offset, click) is { } place)
                {
                    _output.Standing(
                        _sent,
                        ClickDimensions.Key(click, RedisKeys.Partition(Topics.Interactions, partition)),
                        place.Value()
                    );
                }
                else
                {
                    Interlocked.Increment(ref _refused);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The process ends; the next reader of the labels requests them again.
        }
    }

    private ClickDimensions? Read(int partition, long offset, string click)
    {
        try
        {
            return _reader.Read(partition, offset, click);
        }
        catch (KafkaException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _reader.Dispose();
        _requests.Dispose();
        _stop.Dispose();
    }
}
