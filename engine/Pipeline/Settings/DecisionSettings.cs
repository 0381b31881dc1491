using System.Text;
using Engine.Contracts;
using Engine.Pipeline.Keys;
using Engine.Pipeline.Lists;
using Engine.Primitives;

namespace Engine.Pipeline.Settings;

/// <summary>Everything that decides about a click at one version of <c>settings</c>. Immutable, built once per version
/// and shared by all lanes. Ids are also kept as fingerprints, so that a click's ids are found without a
/// string.</summary>
public sealed class DecisionSettings
{
    private readonly ReasonSetting[] _reasons;
    private readonly Dictionary<ulong, List<AllowSetting>> _allowedVisitors = [],
        _allowedCampaigns = [];
    private readonly AllowSetting[] _allowedRanges;

    private DecisionSettings(string version, KeyedHash hash, IReadOnlyDictionary<string, object> records)
    {
        Version = version;
        VersionUtf8 = Encoding.ASCII.GetBytes(version);
        _reasons = [.. Reasons.Table.Select(entry => ReasonDefaults.Of(entry.Reason))];
        foreach ((Reason reason, ReasonSetting setting) in records.Values.OfType<(Reason, ReasonSetting)>())
        {
            _reasons[(int)reason] = setting;
        }

        Bands = records.Values.OfType<Bands>().FirstOrDefault() ?? Bands.Default;
        Limits = records.Values.OfType<TimeLimits>().FirstOrDefault() ?? TimeLimits.Default;
        Campaigns = records.Values.OfType<CampaignSetting>().ToDictionary(campaign => campaign.Id);
        ListSetting[] lists =
        [
            .. records.Values.OfType<ListSetting>().OrderBy(list => list.Id, StringComparer.Ordinal),
        ];
        Relays = [.. lists.Where(list => list.IsRelay).Select(list => list.Addresses!)];
        Datacentres = [.. lists.Where(list => list.Reason == Reason.ListDatacentre).Select(list => list.Addresses!)];
        Proxies = [.. lists.Where(list => list.Reason == Reason.ListProxy).Select(list => list.Addresses!)];
        Agents = [.. lists.Where(list => list.Agents != null).Select(list => list.Agents!)];
        AllowSetting[] allows =
        [
            .. records.Values.OfType<AllowSetting>().OrderBy(allow => allow.Id, StringComparer.Ordinal),
        ];
        _allowedRanges = [.. allows.Where(allow => allow.IsRange)];
        foreach (AllowSetting allow in allows)
        {
            if (allow.Visitor != null)
            {
                Add(_allowedVisitors, Fingerprints.Visitor(hash, Encoding.ASCII.GetBytes(allow.Visitor)), allow);
            }

            if (allow.Campaign != null)
            {
                Add(_allowedCampaigns, Fingerprints.Campaign(hash, Encoding.ASCII.GetBytes(allow.Campaign)), allow);
            }
        }
        Rules =
        [
            .. records
                .Values.OfType<ClickRule>()
                .OrderBy(rule => rule.Order)
                .ThenBy(rule => rule.Id, StringComparer.Ordinal),
        ];
        Others = records.Values.OfType<WorkflowSetting>().ToLookup(setting => setting.Kind, setting => setting);
        ReasonLimits = new ReasonLimits(this);
        ClicksModel = records.GetValueOrDefault("model/clicks") as ModelInForce;
        CursorModel = records.GetValueOrDefault("model/cursor") as ModelInForce;
        string model =
            $"{ClicksModel?.Artefact.Version ?? "clicks-none"}+{CursorModel?.Artefact.Version ?? "cursor-none"}";
        ModelUtf8 = Encoding.ASCII.GetBytes(model);
    }

    /// <summary><c>s-118</c>, or <c>s-base</c>.</summary>
    public string Version { get; }

    public byte[] VersionUtf8 { get; }

    /// <summary>The versions of both models, as verdicts name them: <c>clicks-77b0+cursor-3f9a</c>.</summary>
    public byte[] ModelUtf8 { get; }

    /// <summary>The end of most verdicts of this version: cached for <see cref="Decide.VerdictWriter"/>, which creates
    /// it on first use.</summary>
    internal byte[]? VerdictEnd;

    public Bands Bands { get; }
    public TimeLimits Limits { get; }

    /// <summary>The reasons' limits, to recognize clicks to which no reason applies.</summary>
    public ReasonLimits ReasonLimits { get; }
    public IReadOnlyDictionary<string, CampaignSetting> Campaigns { get; }
    public AddressList[] Relays { get; }
    public AddressList[] Datacentres { get; }
    public AddressList[] Proxies { get; }
    public AgentList[] Agents { get; }

    /// <summary>The rules in the order in which they act.</summary>
    public ClickRule[] Rules { get; }

    /// <summary>Settings that belong to workflows, by kind.</summary>
    public ILookup<string, WorkflowSetting> Others { get; }

    public ModelInForce? ClicksModel { get; }
    public ModelInForce? CursorModel { get; }

    public ReasonSetting this[Reason reason] => _reasons[(int)reason];

    /// <summary>Whether there is any allow list. Most installations have none.</summary>
    public bool HasAllows => _allowedRanges.Length + _allowedVisitors.Count + _allowedCampaigns.Count > 0;

    /// <summary>Builds the settings from parsed records.</summary>
    public static DecisionSettings Build(string version, KeyedHash hash, IReadOnlyDictionary<string, object> records) =>
        new(version, hash, records);

    /// <summary>The allow list that a click is on at its event time, or null. Address ranges come first, then the
    /// visitor, then the campaign.</summary>
    public AllowSetting? AllowOf(IpAddress address, ulong visitor, ulong campaign, long time)
    {
        foreach (AllowSetting allow in _allowedRanges)
        {
            if (
                address.IsV4 == allow.First.IsV4
                && address.Bits >= allow.First.Bits
                && address.Bits <= allow.Last.Bits
                && IsInForce(allow, time)
            )
            {
                return allow;
            }
        }

        if (
            visitor != 0
            && _allowedVisitors.TryGetValue(visitor, out List<AllowSetting>? byVisitor)
            && byVisitor.Find(allow => IsInForce(allow, time)) is { } first
        )
        {
            return first;
        }

        return _allowedCampaigns.TryGetValue(campaign, out List<AllowSetting>? byCampaign)
            ? byCampaign.Find(allow => IsInForce(allow, time))
            : null;
    }

    private static void Add(Dictionary<ulong, List<AllowSetting>> allows, ulong key, AllowSetting allow)
    {
        if (allows.TryGetValue(key, out List<AllowSetting>? before))
        {
            before.Add(allow);
        }
        else
        {
            allows.Add(key, [allow]);
        }
    }

    private static bool IsInForce(AllowSetting allow, long time) => allow.Until is not { } until || time < until;
}
