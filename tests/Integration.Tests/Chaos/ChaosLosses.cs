using System.Text.Json.Nodes;
using StackExchange.Redis;
using Tests.Support;

namespace Integration.Tests.Chaos;

/// <summary>What masters of Redis had acknowledged and may have lost when their replicas took over, without progress
/// showing it (docs/reliability.md): Redis replicates behind its answers, and a master that stood still may answer once
/// more before it notices. Thread-safe.</summary>
internal sealed class ChaosLosses
{
    /// <summary>How old an event may be that is decided when a master goes; Redis may have been away before.</summary>
    private const long DecidedWithinMs = 60_000;

    private static readonly string[] Values =
    [
        "verdict:",
        "content:",
        "binding:",
        "priority:",
        "association:",
        "message:",
        "bookmark:",
    ];

    private readonly record struct Loss(IList<SlotRange>? Slots, long Begin, long End);

    private readonly Lock _gate = new();
    private readonly List<Loss> _losses = [];

    /// <summary>Notes that the master of some slots was replaced without warning.</summary>
    /// <param name="slots">Null if it held everything.</param>
    /// <param name="begin">When it went, ms since the Unix epoch.</param>
    public void Add(IList<SlotRange>? slots, long begin)
    {
        lock (_gate)
        {
            _losses.Add(new Loss(slots, begin, LiveEvents.Now));
        }
    }

    /// <summary>Whether a key's last value may have been lost, and what is there is what was before.</summary>
    /// <param name="live">The value in Redis; null for none.</param>
    /// <param name="versions">All values that the log gives the key, in order.</param>
    /// <param name="slotOf">Gives the slot of a key.</param>
    public bool Excuse(string key, string? live, IReadOnlyList<string> versions, Func<string, int> slotOf)
    {
        if (
            !Values.Any(value => key.StartsWith(value, StringComparison.Ordinal))
            || versions.Count == 0
            || (live != null && !versions.Contains(live))
        )
        {
            return false;
        }

        // A member of a queue follows its key, after a space. A queue's slot is that of its process.
        int slot = slotOf(key.Split(' ')[0]);
        JsonNode? last = versions[^1].StartsWith('{') ? JsonNode.Parse(versions[^1]) : null;
        var time = (long?)(last?["time"] ?? last?["last"]);
        lock (_gate)
        {
            return _losses.Any(loss =>
                loss.Slots?.Any(range => range.From <= slot && slot <= range.To) != false
                && (time == null || (time > loss.Begin - DecidedWithinMs && time < loss.End))
            );
        }
    }
}
