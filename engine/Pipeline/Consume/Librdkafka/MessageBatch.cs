using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Confluent.Kafka;
using static Engine.Pipeline.Consume.Librdkafka.LibrdkafkaNative;

namespace Engine.Pipeline.Consume.Librdkafka;

/// <summary>Messages of a consumer, received in batches and read in place. Call <see cref="Take"/>, read, then call
/// <see cref="Release"/>, on one thread. The consumer's handlers serve assignments during <see cref="Take"/>. A
/// message's memory is valid until the release.</summary>
public sealed unsafe class MessageBatch : IDisposable
{
    /// <summary>The number of messages between prefetching and reading.</summary>
    private const int Ahead = 8;

    private readonly nint _queue;
    private readonly Message*[] _messages;

    public MessageBatch(IConsumer<byte[], byte[]> consumer, int size)
    {
        _queue = QueueOfConsumer(HandleOf(consumer));
        _messages = new Message*[size];
    }

    public int Count { get; private set; }

    public Message* this[int i] => _messages[i];

    /// <summary>Prefetches the first memory that reading a message touches, some messages ahead: librdkafka's threads
    /// wrote it, so it isn't in this core's caches. The message notes after its value whether it has headers, so its
    /// end is touched before its beginning.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(int i)
    {
        if (!Sse.IsSupported || i + 2 * Ahead >= Count)
        {
            return;
        }

        Sse.Prefetch0(_messages[i + 2 * Ahead]);
        Message* message = _messages[i + Ahead];
        Sse.Prefetch0(message->Payload + message->Length);
    }

    /// <summary>Waits up to <paramref name="timeoutMs"/> ms for a full batch, and returns the number of
    /// messages.</summary>
    public int Take(int timeoutMs)
    {
        fixed (Message** messages = _messages)
        {
            Count = (int)Math.Max(0, ConsumeBatch(_queue, timeoutMs, messages, (nuint)_messages.Length));
        }

        return Count;
    }

    public void Release()
    {
        for (int i = 0; i < Count; i++)
        {
            MessageDestroy(_messages[i]);
        }

        Count = 0;
    }

    public void Dispose()
    {
        Release();
        QueueDestroy(_queue);
    }
}
