using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Integration.Tests.Rig;

namespace Integration.Tests.Chaos;

/// <summary>How long partitions had no owner that was alive: from the moment that something happened to their owner
/// until another said that it took them over.</summary>
internal sealed partial class Takeovers
{
    private readonly ConcurrentDictionary<string, EngineRun> _owners = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _waiting = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<TimeSpan> _times = [];

    /// <summary>Listens to an engine.</summary>
    public void Watch(EngineRun engine)
    {
        engine.Process.Said += line =>
        {
            if (Taken().Match(line) is not { Success: true } match)
            {
                return;
            }

            string partition = match.Groups[1].Value;
            _owners[partition] = engine;
            if (_waiting.TryRemove(partition, out long since))
            {
                _times.Add(Stopwatch.GetElapsedTime(since));
            }
        };
    }

    /// <summary>From now on the partitions of an engine wait for another.</summary>
    public void Begin(EngineRun engine)
    {
        foreach ((string partition, _) in _owners.Where(owner => owner.Value == engine))
        {
            _waiting.TryAdd(partition, Stopwatch.GetTimestamp());
        }
    }

    public override string ToString()
    {
        TimeSpan[] times = [.. _times.Order()];
        return times.Length == 0
            ? "no takeover"
            : $"{times.Length} takeovers, median {times[times.Length / 2].TotalSeconds:0.0} s, longest "
                + $"{times[^1].TotalSeconds:0.0} s";
    }

    [GeneratedRegex(@"(\S+): taken over at offset")]
    private static partial Regex Taken();
}
