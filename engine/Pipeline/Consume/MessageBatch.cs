using Confluent.Kafka;
using static Engine.Pipeline.Consume.LibrdkafkaNative;

namespace Engine.Pipeline.Consume;

/// <summary>
/// Messages of a consumer, many at a time and where librdkafka put them. <see cref="Take"/>, read, <see cref="Release"/>, on one thread;
/// assignments are served within <see cref="Take"/>, by the handlers of the consumer. Memory of a message lives until the release.
/// </summary>
public sealed unsafe class MessageBatch : IDisposable
{
    private readonly nint _queue;
    private readonly Message*[] _messages;

    public MessageBatch(IConsumer<byte[], byte[]> consumer, int size)
    {
        _queue = QueueOfConsumer(HandleOf(consumer));
        _messages = new Message*[size];
    }

    public int Count { get; private set; }

    public Message* this[int i] => _messages[i];

    /// <summary>Waits at most so long for a full batch; how many came.</summary>
    public int Take(int timeoutMs)
    {
        fixed (Message** messages = _messages)
            Count = (int)Math.Max(0, ConsumeBatch(_queue, timeoutMs, messages, (nuint)_messages.Length));
        return Count;
    }

    public void Release()
    {
        for (int i = 0; i < Count; i++) MessageDestroy(_messages[i]);
        Count = 0;
    }

    public void Dispose()
    {
        Release();
        QueueDestroy(_queue);
    }
}
