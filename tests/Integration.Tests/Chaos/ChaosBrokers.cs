using Tests.Support;

namespace Integration.Tests.Chaos;

/// <summary>Three brokers, of which one at a time dies and comes back.</summary>
internal sealed class ChaosBrokers(LiveBroker brokers, ChaosJournal journal)
{
    public Fault[] Faults => [new("broker killed", 3000, 10_000, KillAsync)];

    private async Task KillAsync(TimeSpan lasts, int draw)
    {
        int node = 1 + draw % 3;
        journal.Note($"broker {node} killed");
        await brokers.KillAsync(node);
        await Task.Delay(lasts);
        await brokers.ReviveAsync(node);
    }
}
