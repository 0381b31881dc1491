using Confluent.Kafka;
using Engine.Pipeline.Knowledge;
using Engine.Pipeline.Settings;
using Engine.Primitives;
using Engine.Workflows.Module;

namespace Engine.Workflows.Runtime;

/// <summary>What the partitions of a workflow remember after each record, by deciding their log again from its
/// beginning. Its other results are discarded. Not thread-safe.</summary>
internal sealed class RememberedLog(
    HostedWorkflow workflow,
    SettingsTimeline timeline,
    CompiledSettings compiled,
    KeyedHash hash
) : IDisposable
{
    private readonly Dictionary<int, PartitionRun> _runs = [];

    /// <summary>Decides the next record of a partition. Returns the fields that it changed; null if none.</summary>
    public Told<IReadOnlyList<RememberedField>>? Take(ConsumeResult<byte[], byte[]> message)
    {
        int partition = message.Partition.Value;
        if (!_runs.TryGetValue(partition, out PartitionRun? run))
        {
            _runs[partition] = run = new PartitionRun(
                workflow,
                partition,
                timeline,
                compiled,
                hash,
                liveFromOffset: 0,
                logTime: 0
            );
        }

        var changed = new ChangedFields();
        run.Take(KafkaRecord.Of(message), changed);
        return changed.Fields.Count == 0 ? null : new(partition, message.Offset.Value, changed.Fields);
    }

    public void Dispose()
    {
        foreach (PartitionRun run in _runs.Values)
        {
            run.Dispose();
        }
    }

    private sealed class ChangedFields : IResults
    {
        public List<RememberedField> Fields { get; } = [];

        void IResults.Remember(string field, string? value) => Fields.Add(new RememberedField(field, value));

        void IResults.Set(string key, string json) { }

        void IResults.Count(string key, string field, long by) { }

        void IResults.Put(string key, string field, string? value) { }

        void IResults.Replace(RecordChange change) { }

        void IResults.Shadowed(string rule) { }

        void IResults.Publish(string channel, string json) { }

        void IResults.Notify(string recipient, string json) { }

        void IResults.Send(string topic, string key, string json) { }
    }
}
