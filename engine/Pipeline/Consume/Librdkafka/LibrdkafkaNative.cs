using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Engine.Pipeline.Consume.Librdkafka;

/// <summary>The few librdkafka functions that Confluent.Kafka doesn't expose: batches, headers in place, and the
/// in-process test cluster. They resolve to the library that Confluent.Kafka has loaded, as two copies in one process
/// don't share handles.</summary>
public static unsafe partial class LibrdkafkaNative
{
    private const string Library = "librdkafka";

    /// <summary>RD_KAFKA_RESP_ERR__PARTITION_EOF</summary>
    public const int PartitionEof = -191;

    /// <summary>RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET and RD_KAFKA_RESP_ERR__LOG_TRUNCATION: the log doesn't have the
    /// offset, or has another record at it.</summary>
    public const int AutoOffsetReset = -140,
        LogTruncation = -139;

    /// <summary>The public part of rd_kafka_message_t (rdkafka.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Message
    {
        public int Error;
        public nint Topic;
        public int Partition;
        public byte* Payload;
        public nuint Length;
        public byte* Key;
        public nuint KeyLength;
        public long Offset;
        private readonly nint _private;
    }

    static LibrdkafkaNative()
    {
        _ = Confluent.Kafka.Library.Version; // loads it
        NativeLibrary.SetDllImportResolver(typeof(LibrdkafkaNative).Assembly, (name, _, _) =>
            name == Library ? NativeLibrary.Load(LoadedPath()) : 0
        );
    }

    /// <summary>Runs the static constructor, so that the resolver is set before the first call.</summary>
    public static void Initialize() => RuntimeHelpers.RunClassConstructor(typeof(LibrdkafkaNative).TypeHandle);

    /// <summary>Gets the native handle of a Confluent.Kafka client.</summary>
    public static nint HandleOf(IClient client)
    {
        Initialize();
        PropertyInfo property = typeof(Handle).GetProperty(
            "LibrdkafkaHandle",
            BindingFlags.Instance | BindingFlags.NonPublic
        )
            ?? throw new NotSupportedException(
                "Confluent.Kafka no longer has Handle.LibrdkafkaHandle, which consuming in batches needs"
            );
        return ((SafeHandle)property.GetValue(client.Handle)!).DangerousGetHandle();
    }

    private static string LoadedPath()
    {
        foreach (ProcessModule module in Process.GetCurrentProcess().Modules)
        {
            if (
                module.FileName is { } path
                && Path.GetFileName(path).Contains("rdkafka", StringComparison.OrdinalIgnoreCase)
                && !Path.GetFileName(path).Contains("Confluent", StringComparison.OrdinalIgnoreCase)
            )
            {
                return path;
            }
        }

        throw new DllNotFoundException("librdkafka isn't loaded although Confluent.Kafka should have loaded it");
    }

    [LibraryImport(Library, EntryPoint = "rd_kafka_queue_get_consumer")]
    internal static partial nint QueueOfConsumer(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_queue_destroy")]
    internal static partial void QueueDestroy(nint queue);

    [LibraryImport(Library, EntryPoint = "rd_kafka_consume_batch_queue")]
    internal static partial nint ConsumeBatch(nint queue, int timeoutMs, Message** messages, nuint size);

    [LibraryImport(Library, EntryPoint = "rd_kafka_message_destroy")]
    internal static partial void MessageDestroy(Message* message);

    [LibraryImport(Library, EntryPoint = "rd_kafka_message_timestamp"), SuppressGCTransition]
    internal static partial long MessageTimestamp(Message* message, out int type);

    [LibraryImport(Library, EntryPoint = "rd_kafka_message_headers"), SuppressGCTransition]
    internal static partial int MessageHeaders(Message* message, out nint headers);

    [LibraryImport(Library, EntryPoint = "rd_kafka_header_get_all"), SuppressGCTransition]
    internal static partial int HeaderAt(nint headers, nuint index, out byte* name, out byte* value, out nuint size);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_name")]
    internal static partial byte* TopicName(nint topic);

    [LibraryImport(Library, EntryPoint = "rd_kafka_handle_mock_cluster")]
    internal static partial nint MockClusterOf(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
    internal static partial byte* MockBootstraps(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_topic_create", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int MockTopicCreate(nint cluster, string topic, int partitions, int replication);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_group_initial_rebalance_delay_ms")]
    internal static partial void MockGroupDelay(nint cluster, int milliseconds);
}
