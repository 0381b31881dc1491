using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Engine.Contracts;
using Engine.Contracts.Settings;
using Engine.Pipeline.Settings;
using Engine.Workflows.Module;
using StackExchange.Redis;

namespace Engine.Workflows.Priority.Upkeep;

/// <summary>Opens refund reviews. A campaign whose share of invalid clicks or lost cost exceeds its <c>review_above</c>
/// gets an instance of the process <c>refund-review</c>, at most one per UTC day, and further losses change that
/// instance's context. Only the owner of the first partition of <c>processes</c> sends, and only in the group without a
/// prefix. Events sent twice carry the same id or the same values.</summary>
/// <param name="prefix">The group's prefix; a group with one sends no events to <c>processes</c>.</param>
/// <param name="clock">Gives event time and the day, like any producer's clock: the topic's log time may be days old if
/// nothing happens.</param>
public sealed class RefundReviews(IStandings standings, SettingsTimeline timeline, string prefix, TimeProvider clock)
    : IUpkeep
{
    public const string Process = "refund-review";

    /// <summary>The minimum interval between changes of a campaign's context.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>The minimum growth of lost cost to report, as a share of the reported value.</summary>
    private const double MinGrowth = 0.01;

    /// <summary>The minimum change of the share of invalid clicks to report.</summary>
    private const double MinMove = 0.01;

    private const int ShareDigits = 6;

    private readonly Dictionary<string, Report> _reported = new(StringComparer.Ordinal);
    private long _lookedAt;

    /// <summary>The last report on a campaign.</summary>
    private readonly record struct Report(string Instance, ClickSums Sums);

    public void Run(IDatabase redis, IReadOnlyList<OwnedMemory> owned, SendEvent send)
    {
        if (prefix.Length > 0)
        {
            return;
        }

        if (!owned.Any(run => run.Number == 0))
        {
            // Another owner continues, and its reports aren't known here.
            _reported.Clear();
            return;
        }
        if (_lookedAt != 0 && clock.GetElapsedTime(_lookedAt) < Every)
        {
            return;
        }

        _lookedAt = clock.GetTimestamp();
        DateTimeOffset now = clock.GetUtcNow();
        DecisionSettings settings = timeline.At(now.ToUnixTimeMilliseconds(), out _);
        foreach ((string campaign, ClickSums sums) in standings.Campaigns)
        {
            if (settings.Campaigns.TryGetValue(campaign, out CampaignSetting? setting))
            {
                Look(campaign, sums, setting, now, send);
            }
        }
    }

    /// <summary>The name of a campaign's instance for a day: <c>rr-cmp-7-20261122</c>. A campaign that is too long is
    /// cut and gets a hash.</summary>
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
        bool known = _reported.TryGetValue(campaign, out Report last);
        if (known && !Moved(last.Sums, sums))
        {
            return;
        }

        if (!known || last.Instance != instance)
        {
            if (!past)
            {
                return;
            }

            Send("process-started", instance, "started");
        }
        // Sent even after a start: if another owner opened the instance already, it ignores the second start but may
        // lack the latest values.
        Send(
            "process-context",
            instance,
            Hash($"{sums.Clicks:R} {sums.Invalid:R} {sums.CostMicros} {sums.LostMicros}")
        );
        _reported[campaign] = new Report(instance, sums);

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
