using System.Diagnostics;
using System.Runtime.InteropServices;
using Confluent.Kafka;
using Engine.Pipeline.Consume.Librdkafka;

namespace Pipeline.Tests.Partitions;

/// <summary>librdkafka's test cluster with one broker, which refuses requests on demand.</summary>
internal sealed unsafe class MockBroker : IDisposable
{
    private const short Produce = 0;
    private const int OnlyBroker = 1;

    private readonly IProducer<Null, Null> _host = new ProducerBuilder<Null, Null>(
        new Dictionary<string, string> { ["test.mock.num.brokers"] = "1" }
    )
        .SetLogHandler((_, _) => { })
        .Build();

    private readonly nint _library,
        _cluster;

    public MockBroker()
    {
        _library = NativeLibrary.Load(
            Process
                .GetCurrentProcess()
                .Modules.Cast<ProcessModule>()
                .Select(module => module.FileName!)
                .First(name => Path.GetFileName(name).Contains("librdkafka", StringComparison.Ordinal))
        );
        var cluster = (delegate* unmanaged<nint, nint>)Export("rd_kafka_handle_mock_cluster");
        _cluster = cluster(LibrdkafkaNative.HandleOf(_host));
        var bootstraps = (delegate* unmanaged<nint, byte*>)Export("rd_kafka_mock_cluster_bootstraps");
        Address = Marshal.PtrToStringUTF8((nint)bootstraps(_cluster))!;
    }

    /// <summary><c>host:port</c></summary>
    public string Address { get; }

    /// <summary>Creates a topic with one partition.</summary>
    public void Create(string topic)
    {
        var create = (delegate* unmanaged<nint, nint, int, int, int>)Export("rd_kafka_mock_topic_create");
        nint name = Marshal.StringToCoTaskMemUTF8(topic);
        create(_cluster, name, 1, 1);
        Marshal.FreeCoTaskMem(name);
    }

    /// <summary>Takes the broker away.</summary>
    public void GoDown() => Set("down");

    /// <summary>Brings the broker back.</summary>
    public void ComeUp() => Set("up");

    /// <summary>Refuses the next requests to produce.</summary>
    public void Refuse(ErrorCode error, int times)
    {
        var push = (delegate* unmanaged<nint, short, nuint, int*, void>)Export(
            "rd_kafka_mock_push_request_errors_array"
        );
        int[] errors = [.. Enumerable.Repeat((int)error, times)];
        fixed (int* first = errors)
        {
            push(_cluster, Produce, (nuint)errors.Length, first);
        }
    }

    public void Dispose() => _host.Dispose();

    private void Set(string state)
    {
        var set = (delegate* unmanaged<nint, int, int>)Export($"rd_kafka_mock_broker_set_{state}");
        set(_cluster, OnlyBroker);
    }

    private nint Export(string name) => NativeLibrary.GetExport(_library, name);
}
