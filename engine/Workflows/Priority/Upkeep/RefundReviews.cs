using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Engine.Contracts;
using Engine.Pipeline.Settings;
using Engine.Workflows.Module;
using StackExchange.Redis;

namespace Engine.Workflows.Priority.Upkeep;

/// <summary>
/// Opens refund reviews: a campaign whose share of invalid clicks or lost cost passes its <c>review_above</c> gets an
/// instance of the process <c>refund-review</c>, one a UTC day at most, and what its verdicts add goes on changing that
/// instance's context. Only the owner of the first partition of <c>processes</c> sends, and only of the first group.
/// Whatever is sent twice carries the same id or the same values.
/// </summary>
/// <param name="prefix">The group's; a second group's adds no events to <c>processes</c>.</param>
/// <param name="clock">Says event time and the day, as any producer's does: the topic's log time may be days old where
/// nothing happens.</param>
public sealed class RefundReviews(IStandings standings, SettingsTimeline timeline, string prefix, TimeProvider clock)
    : IUpkeep
{
    public const string Process = "refund-review";

    /// <summary>A campaign's context changes at most so often.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>Less than so much more of lost cost, as a share of what was said, isn't said.</summary>
    private const double MinGrowth = 0.01;

    /// <summary>Less than so much of a change in the share of invalid clicks isn't said.</summary>
    private const double MinMove = 0.01;

    private const int ShareDigits = 6;

    private readonly Dictionary<string, Said> _said = new(StringComparer.Ordinal);
    private long _lookedAt;

    /// <summary>What was last said of a campaign.</summary>
    private readonly record struct Said(string Instance, ClickSums Sums);

    public void Run(IDatabase redis, IReadOnlyList<OwnedMemory> owned, SendEvent send)
    {
        if (prefix.Length > 0)
        {
            return;
        }

        if (!owned.Any(run => run.Number == 0))
        {
            // Another owner goes on; what it has said since isn't known here.
            _said.Clear();
            return;
        }
        if (_lookedAt != 0 && clock.GetElapsedTime(_lookedAt) < Every)
        {
            return;
        }

        _lookedAt = clock.GetTimestamp();
        DateTimeOffset now = clock.GetUtcNow();
        DecisionSettings settings = SettingsTimeline.At(timeline.Entries, now.ToUnixTimeMilliseconds(), out _);
        foreach ((string campaign, ClickSums sums) in standings.Campaigns)
        {
            if (settings.Campaigns.TryGetValue(campaign, out CampaignSetting? setting))
            {
                Look(campaign, sums, setting, now, send);
            }
        }
    }

    /// <summary>
    /// The name of a campaign's instance of a day: <c>rr-cmp-7-20261122</c>; of a campaign too long for it, the
    /// beginning and a hash.
    /// </summary>
    public static string InstanceOf(string campaign, DateTimeOffset day)
    {
        string date = day.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        int room = EventLimits.MaxIdentifierBytes - "rr--".Length - date.Length;
        if (campaign.Length > room)
        {
            campaign = $"{campaign[..(room - 17)]}-{Hash(campaign)}";
        }

        return $"rr-{campaign}-{date}";
    }

    private void Look(string campaign, ClickSums sums, CampaignSetting setting, DateTimeOffset now, SendEvent send)
    {
        string instance = InstanceOf(campaign, now);
        bool past = sums.InvalidShare > setting.ReviewInvalidShare || sums.LostMicros > setting.ReviewLostMicros;
        bool known = _said.TryGetValue(campaign, out Said said);
        if (known && !Moved(said.Sums, sums))
        {
            return;
        }

        if (!known || said.Instance != instance)
        {
            if (!past)
            {
                return;
            }

            Send("process-started", instance, "started");
        }
        // Behind a start, too: one that another owner has opened already takes no second, and may not know yet what
        // came since.
        Send(
            "process-context",
            instance,
            Hash($"{sums.Clicks:R} {sums.Invalid:R} {sums.CostMicros} {sums.LostMicros}")
        );
        _said[campaign] = new Said(instance, sums);

        void Send(string type, string to, string what)
        {
            string json = new JsonObject
            {
                ["type"] = type,
                ["process"] = Process,
                ["instance"] = to,
                ["time"] = now.ToUnixTimeMilliseconds(),
                ["context"] = new JsonObject
                {
                    ["campaign"] = campaign,
                    ["lost_micros"] = sums.LostMicros,
                    ["invalid_share"] = Math.Round(sums.InvalidShare, ShareDigits),
                },
            }.ToJsonString();
            send(Topics.Processes, to, json, $"{to}-{what}");
        }
    }

    private static bool Moved(ClickSums before, ClickSums now) =>
        (now.LostMicros > before.LostMicros && now.LostMicros >= before.LostMicros * (1 + MinGrowth))
        || Math.Round(Math.Abs(now.InvalidShare - before.InvalidShare), ShareDigits) >= MinMove;

    private static string Hash(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
}
