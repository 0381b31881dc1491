using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Confluent.Kafka;
using static Engine.Pipeline.Consume.Librdkafka.LibrdkafkaNative;

namespace Engine.Pipeline.Consume.Librdkafka;

/// <summary>
/// Messages of a consumer, many at a time and where librdkafka put them. <see cref="Take"/>, read,
/// <see cref="Release"/>, on one thread; assignments are served within <see cref="Take"/>, by the handlers of the
/// consumer. Memory of a message lives until the release.
/// </summary>
public sealed unsafe class MessageBatch : IDisposable
{
    /// <summary>Messages between asking and reading.</summary>
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

    /// <summary>
    /// Asks for what reading a message touches first, some messages ahead: librdkafka's threads wrote it, so it lies in
    /// nobody's cache that is near. Whether a message has headers is written behind its value, so its end is touched
    /// before its beginning.
    /// </summary>
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

    /// <summary>Waits at most so long for a full batch; how many came.</summary>
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
