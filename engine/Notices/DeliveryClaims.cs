using System.Globalization;
using StackExchange.Redis;

namespace Engine.Notices;

/// <summary>Which process delivers a notice, and its outcome, in Redis: so that records that come twice, or to another
/// process, aren't delivered twice. A claim ends after a minute, longer than all tries take: whoever has died meanwhile
/// may have delivered it, which receivers recognise by its identity.</summary>
public sealed class DeliveryClaims(IDatabase redis, string prefix, TimeProvider clock)
{
    private const string Claimed = "claimed",
        Delivered = "delivered";

    private static readonly TimeSpan ClaimFor = TimeSpan.FromSeconds(60),
        KeepFor = TimeSpan.FromDays(7),
        LookEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>Claims a notice. Returns null once it is claimed, or the outcome if it has one already. Waits while
    /// another process has claimed it.</summary>
    public async Task<Outcome?> ClaimAsync(Notice notice, CancellationToken cancel)
    {
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            if (await redis.StringSetAsync(KeyOf(notice), Claimed, ClaimFor, When.NotExists).ConfigureAwait(false))
            {
                return null;
            }

            string known = (await redis.StringGetAsync(KeyOf(notice)).ConfigureAwait(false)).ToString();
            if (known.Length > 0 && known != Claimed)
            {
                return known == Delivered ? Outcome.Delivered : Outcome.Refused(known["failed ".Length..]);
            }

            await Task.Delay(LookEvery, clock, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Keeps the outcome of a claimed notice.</summary>
    public Task FinishAsync(Notice notice, Outcome outcome) =>
        redis.StringSetAsync(
            KeyOf(notice),
            outcome.IsDelivered ? Delivered : string.Create(CultureInfo.InvariantCulture, $"failed {outcome.Detail}"),
            KeepFor
        );

    /// <summary>Gives a claim up, so that another process needn't wait for its end.</summary>
    public Task ReleaseAsync(Notice notice) => redis.KeyDeleteAsync(KeyOf(notice));

    private string KeyOf(Notice notice) => $"{prefix}notified:{notice.Identity}";
}
