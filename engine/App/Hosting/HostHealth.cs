using Engine.Contracts;
using Engine.Pipeline.Consume.Lanes;
using Engine.WebConsole.Health;

namespace Engine.App.Hosting;

/// <summary>The state of a running engine, for the console.</summary>
internal sealed class HostHealth(EngineHost host, Func<int> partitions) : IEngineHealth
{
    public EngineState Read()
    {
        IReadOnlyList<LaneStatus> lanes = host.Lanes;
        return new EngineState(
            host.Failure?.Message,
            host.Context.Redis.Redis.IsConnected
                ? lanes.Select(lane => lane.Trouble).FirstOrDefault(trouble => trouble != null)
                : "not connected",
            lanes.SelectMany(lane => lane.Names).Concat(host.Workflows.Names).ToHashSet(StringComparer.Ordinal),
            host.Context.Timeline.Latest.Version,
            host.Settings.Age,
            host.Settings.IsFresh,
            host.Settings.Refused,
            host.Settings.Missing,
            (
                lanes.Select(lane => lane.LatencyP50).DefaultIfEmpty().Max(),
                lanes.Select(lane => lane.LatencyP99).DefaultIfEmpty().Max()
            ),
            lanes.Sum(lane => lane.Lag),
            host.Counts.AllDeadLetters,
            lanes.Sum(lane => lane.WaitingClicks),
            lanes.Sum(lane => lane.Evictions),
            Marks()
        );
    }

    private Dictionary<string, MarkState> Marks()
    {
        var last = new Dictionary<string, MarkState>(StringComparer.Ordinal);
        for (int number = 0; number < partitions(); number++)
        {
            string name = RedisKeys.Partition(Topics.Interactions, number);
            if (host.Context.Knowledge.Marks.Of(name).At(long.MaxValue) is { } mark)
            {
                last[name] = new MarkState(mark.Owner, mark.Number, mark.From);
            }
        }

        return last;
    }
}
