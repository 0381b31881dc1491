using Engine.Workflows.Module;

namespace Bench.Micro;

/// <summary>Counts answers and discards all results.</summary>
internal sealed class NullResults : IResults
{
    public long Answers { get; private set; }

    public void Set(string key, string json) => Answers++;

    public void Count(string key, string field, long by) { }

    public void Put(string key, string field, string? value) { }

    public void Remember(string field, string? value) { }

    public void Replace(RecordChange change) { }

    public void Shadowed(string rule) { }

    public void Publish(string channel, string json) { }

    public void Notify(string recipient, string json) { }

    public void Send(string topic, string key, string json) { }
}
