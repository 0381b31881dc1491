namespace Engine.Pipeline.Standing;

/// <summary>What invalid clicks have cost a campaign, over all partitions.</summary>
/// <param name="InvalidShare">Of its clicks, decayed by half in a day, those that were invalid; 0 to 1.</param>
/// <param name="CostMicros">Cost of all its clicks, micros.</param>
/// <param name="LostMicros">Cost of the invalid ones, micros.</param>
/// <param name="LogTime">Of the latest change, ms.</param>
public readonly record struct CampaignLoss(double InvalidShare, long CostMicros, long LostMicros, long LogTime);

/// <summary>
/// Campaigns' losses as <c>standings</c> tells them: each partition's absolute sums added up, at most a minute old. One a process; one thread
/// adds, any number read.
/// </summary>
/// <param name="hash">By which keys are told apart.</param>
/// <param name="bound">The most campaigns to remember, oldest half out.</param>
public sealed class CampaignLosses(KeyedHash hash, int bound = 100_000)
{
    private static readonly StandingSums None = new();

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, OtherSums> _campaigns = [];

    /// <summary>A campaign's loss; null for one that had no verdict yet, or was forgotten.</summary>
    public CampaignLoss? Of(string campaign)
    {
        ulong key = Fingerprints.Campaign(hash, System.Text.Encoding.ASCII.GetBytes(campaign));
        lock (_gate)
        {
            if (!_campaigns.TryGetValue(key, out OtherSums? sums)) return null;
            StandingSums total = sums.Total;
            return new CampaignLoss(total.Clicks > 0 ? total.Invalid / total.Clicks : 0, total.CostMicros, total.LostMicros, sums.LogTime);
        }
    }

    /// <summary>Takes one partition's sums of a campaign; of two the one that covers more holds. Others than campaigns' are passed over.</summary>
    public void Take(in WrittenSums written)
    {
        if (written.Sums.Kind != StandingKind.Campaign) return;
        lock (_gate)
        {
            if (!_campaigns.TryGetValue(written.Key, out OtherSums? parts)) _campaigns.Add(written.Key, parts = new OtherSums());
            parts.Take(written.Partition, written.Sums, None);
            if (_campaigns.Count > bound) Evict();
        }
    }

    private void Evict()
    {
        long[] times = [.. _campaigns.Values.Select(sums => sums.LogTime)];
        Array.Sort(times);
        long before = times[times.Length / 2] + 1;
        foreach ((ulong key, OtherSums sums) in _campaigns)
            if (sums.LogTime < before) _campaigns.Remove(key);
    }
}
