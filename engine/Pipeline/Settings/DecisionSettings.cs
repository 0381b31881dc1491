using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Engine.Contracts;
using Engine.Contracts.Settings;
using Engine.Pipeline.Keys;
using Engine.Pipeline.Lists;
using Engine.Primitives;

namespace Engine.Pipeline.Settings;

/// <summary>A record that has changed.</summary>
/// <param name="Before">The setting that was there before; null for none.</param>
/// <param name="After">The setting that is there now; null if it was deleted.</param>
public readonly record struct SettingChange(string Key, object? Before, object? After);

/// <summary>Everything that decides about a click at one version of <c>settings</c>. Immutable, and shared by all
/// lanes. Every record makes a version, and versions are kept, so a version shares with the one before it whatever the
/// record didn't change. Ids are also kept as fingerprints, so that a click's ids are found without a
/// string.</summary>
public sealed class DecisionSettings
{
    private static readonly ImmutableSortedDictionary<string, WorkflowSetting> None = ImmutableSortedDictionary.Create<
        string,
        WorkflowSetting
    >(StringComparer.Ordinal);

    private static readonly ImmutableSortedDictionary<string, AllowSetting> NoAllows = ImmutableSortedDictionary.Create<
        string,
        AllowSetting
    >(StringComparer.Ordinal);

    private readonly KeyedHash _hash;
    private ReasonSetting[] _reasons;
    private ListSetting[] _lists = [];
    private ImmutableSortedDictionary<string, AllowSetting> _allowedRanges = NoAllows;

    /// <summary>The allowed ranges in order, made when they are first needed: most versions never decide.</summary>
    private AllowSetting[]? _rangesInOrder;
    private SettingsByKey<AllowSetting> _allowedVisitors = SettingsByKey<AllowSetting>.Empty,
        _allowedCampaigns = SettingsByKey<AllowSetting>.Empty;

    /// <summary>By publisher.</summary>
    private SettingsByKey<SnoozeSetting> _snoozes = SettingsByKey<SnoozeSetting>.Empty;

    private ImmutableDictionary<string, ImmutableSortedDictionary<string, WorkflowSetting>> _others =
        ImmutableDictionary<string, ImmutableSortedDictionary<string, WorkflowSetting>>.Empty;

    private DecisionSettings(string version, KeyedHash hash)
    {
        _hash = hash;
        _reasons = [.. Reasons.Table.Select(entry => ReasonDefaults.Of(entry.Reason))];
        Name(version);
        ReasonLimits = new ReasonLimits(this);
        ModelUtf8 = NameOfModels();
    }

    private DecisionSettings(DecisionSettings before, string version)
    {
        (_hash, _reasons, _lists, _others) = (before._hash, before._reasons, before._lists, before._others);
        (_allowedRanges, _rangesInOrder, _allowedVisitors, _allowedCampaigns) = (
            before._allowedRanges,
            before._rangesInOrder,
            before._allowedVisitors,
            before._allowedCampaigns
        );
        _snoozes = before._snoozes;
        (Bands, Limits, ReasonLimits, Campaigns) = (before.Bands, before.Limits, before.ReasonLimits, before.Campaigns);
        (Relays, Datacentres, Proxies, Agents) = (before.Relays, before.Datacentres, before.Proxies, before.Agents);
        (Rules, ClicksModel, CursorModel, ModelUtf8) = (
            before.Rules,
            before.ClicksModel,
            before.CursorModel,
            before.ModelUtf8
        );
        Name(version);
    }

    /// <summary><c>s-118</c>, or <c>s-base</c>.</summary>
    public string Version { get; private set; }

    public byte[] VersionUtf8 { get; private set; }

    /// <summary>The versions of both models, as verdicts name them: <c>clicks-77b0+cursor-3f9a</c>.</summary>
    public byte[] ModelUtf8 { get; private set; }

    /// <summary>The end of most verdicts of this version: cached for <see cref="Decide.VerdictWriter"/>, which creates
    /// it on first use.</summary>
    internal byte[]? VerdictEnd;

    public Bands Bands { get; private set; } = Bands.Default;
    public TimeLimits Limits { get; private set; } = TimeLimits.Default;

    /// <summary>The reasons' limits, to recognize clicks to which no reason applies.</summary>
    public ReasonLimits ReasonLimits { get; private set; }

    public ImmutableDictionary<string, CampaignSetting> Campaigns { get; private set; } =
        ImmutableDictionary.Create<string, CampaignSetting>(StringComparer.Ordinal);
    public AddressList[] Relays { get; private set; } = [];
    public AddressList[] Datacentres { get; private set; } = [];
    public AddressList[] Proxies { get; private set; } = [];
    public AgentList[] Agents { get; private set; } = [];

    /// <summary>The rules in the order in which they act.</summary>
    public ClickRule[] Rules { get; private set; } = [];

    /// <summary>The workflows' kinds of settings of which there ever was a record, up to this version.</summary>
    public IReadOnlyList<string> KindsEver { get; private init; } = [];

    public ModelInForce? ClicksModel { get; private set; }
    public ModelInForce? CursorModel { get; private set; }

    public ReasonSetting this[Reason reason] => _reasons[(int)reason];

    /// <summary>Whether there is any allow list. Most installations have none.</summary>
    public bool HasAllows => _allowedRanges.Count > 0 || !_allowedVisitors.IsEmpty || !_allowedCampaigns.IsEmpty;

    /// <summary>Builds the settings from parsed records.</summary>
    /// <param name="kinds"><see cref="KindsEver"/>.</param>
    public static DecisionSettings Build(
        string version,
        KeyedHash hash,
        IReadOnlyDictionary<string, object> records,
        IReadOnlyList<string>? kinds = null
    ) =>
        new DecisionSettings(version, hash).With(
            version,
            records.Select(record => new SettingChange(record.Key, null, record.Value)),
            kinds ?? []
        );

    /// <summary>The next version: this one with some records changed.</summary>
    /// <param name="kinds"><see cref="KindsEver"/>.</param>
    public DecisionSettings With(string version, IEnumerable<SettingChange> changes, IReadOnlyList<string> kinds)
    {
        var next = new DecisionSettings(this, version) { KindsEver = kinds };
        List<ClickRule> rules = [.. Rules];
        List<ListSetting> lists = [.. _lists];
        foreach (SettingChange change in changes)
        {
            next.Change(change, rules, lists);
        }

        next.Finish(this, rules, lists);
        return next;
    }

    /// <summary>Whether another version of the same settings decides about clicks as this one does, but for its
    /// name: versions share what no record between them has changed. Campaigns don't decide.</summary>
    public bool DecidesLike(DecisionSettings other) =>
        _reasons == other._reasons
        && _lists == other._lists
        && _allowedRanges == other._allowedRanges
        && _allowedVisitors == other._allowedVisitors
        && _allowedCampaigns == other._allowedCampaigns
        && _snoozes == other._snoozes
        && Rules == other.Rules
        && Bands == other.Bands
        && Limits == other.Limits
        && ClicksModel == other.ClicksModel
        && CursorModel == other.CursorModel;

    /// <summary>The settings of all workflows.</summary>
    public IEnumerable<WorkflowSetting> AllOthers => _others.Values.SelectMany(kind => kind.Values);

    /// <summary>Settings of a kind that belongs to a workflow, in the order of their ids. Versions that agree in the
    /// kind share the instance.</summary>
    public ImmutableSortedDictionary<string, WorkflowSetting> Others(string kind) =>
        _others.GetValueOrDefault(kind, None);

    /// <summary>The allow list that a click is on at its event time, or null. Address ranges come first, then the
    /// visitor, then the campaign.</summary>
    public AllowSetting? AllowOf(IpAddress address, ulong visitor, ulong campaign, long time)
    {
        foreach (AllowSetting allow in _rangesInOrder ??= [.. _allowedRanges.Values])
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

        return (visitor == 0 ? null : FirstInForce(_allowedVisitors.Of(visitor), time))
            ?? FirstInForce(_allowedCampaigns.Of(campaign), time);
    }

    /// <summary>The reasons that are snoozed for a publisher at an event time, by bit of
    /// <see cref="Contracts.Reason"/>.</summary>
    public ulong SnoozedAt(ulong publisher, long time)
    {
        ulong reasons = 0;
        foreach ((_, SnoozeSetting snooze) in _snoozes.Of(publisher))
        {
            reasons |= time < snooze.Until ? 1UL << (int)snooze.Reason : 0;
        }

        return reasons;
    }

    /// <summary>The snooze that keeps a reason from acting for a publisher at an event time, or null.</summary>
    public SnoozeSetting? SnoozeOf(Reason reason, ulong publisher, long time)
    {
        foreach ((_, SnoozeSetting snooze) in _snoozes.Of(publisher))
        {
            if (snooze.Reason == reason && time < snooze.Until)
            {
                return snooze;
            }
        }

        return null;
    }

    /// <summary>All snoozes, by publisher and id.</summary>
    public IReadOnlyList<SnoozeSetting> Snoozes =>
        [
            .. _snoozes
                .All.OrderBy(snooze => snooze.Publisher, StringComparer.Ordinal)
                .ThenBy(snooze => snooze.Id, StringComparer.Ordinal),
        ];

    private void Change(SettingChange change, List<ClickRule> rules, List<ListSetting> lists)
    {
        switch (change.Before)
        {
            case AllowSetting allow:
                (_allowedRanges, _rangesInOrder) = (_allowedRanges.Remove(allow.Id), null);
                (_allowedVisitors, _allowedCampaigns) = (
                    _allowedVisitors.Without(VisitorOf(allow), allow.Id),
                    _allowedCampaigns.Without(CampaignOf(allow), allow.Id)
                );
                break;
            case SnoozeSetting snooze:
                _snoozes = _snoozes.Without(PublisherOf(snooze), snooze.Id);
                break;
            case ClickRule rule:
                rules.Remove(rule);
                break;
            case ListSetting list:
                lists.Remove(list);
                break;
            case CampaignSetting campaign:
                Campaigns = Campaigns.Remove(campaign.Id);
                break;
            case WorkflowSetting other:
                _others = _others.SetItem(other.Kind, Others(other.Kind).Remove(other.Id));
                break;
            case ValueTuple<Reason, ReasonSetting>(var reason, _):
                SetReason(reason, ReasonDefaults.Of(reason));
                break;
            case Bands _:
                Bands = Bands.Default;
                break;
            case TimeLimits:
                Limits = TimeLimits.Default;
                break;
            case ModelInForce:
                SetModel(change.Key, null);
                break;
        }

        switch (change.After)
        {
            case AllowSetting { IsRange: true } range:
                (_allowedRanges, _rangesInOrder) = (_allowedRanges.SetItem(range.Id, range), null);
                break;
            case AllowSetting allow:
                (_allowedVisitors, _allowedCampaigns) = (
                    _allowedVisitors.With(VisitorOf(allow), allow.Id, allow),
                    _allowedCampaigns.With(CampaignOf(allow), allow.Id, allow)
                );
                break;
            case SnoozeSetting snooze:
                _snoozes = _snoozes.With(PublisherOf(snooze), snooze.Id, snooze);
                break;
            case ClickRule rule:
                rules.Add(rule);
                break;
            case ListSetting list:
                lists.Add(list);
                break;
            case CampaignSetting campaign:
                Campaigns = Campaigns.SetItem(campaign.Id, campaign);
                break;
            case WorkflowSetting other:
                _others = _others.SetItem(other.Kind, Others(other.Kind).SetItem(other.Id, other));
                break;
            case ValueTuple<Reason, ReasonSetting>(var reason, var setting):
                SetReason(reason, setting);
                break;
            case Bands bands:
                Bands = bands;
                break;
            case TimeLimits limits:
                Limits = limits;
                break;
            case ModelInForce model:
                SetModel(change.Key, model);
                break;
        }
    }

    /// <summary>Brings what is made of several records up to date, if any of them has changed.</summary>
    private void Finish(DecisionSettings before, List<ClickRule> rules, List<ListSetting> lists)
    {
        if (!rules.SequenceEqual(Rules))
        {
            Rules = [.. rules.OrderBy(rule => rule.Order).ThenBy(rule => rule.Id, StringComparer.Ordinal)];
        }

        if (!lists.SequenceEqual(_lists))
        {
            _lists = [.. lists.OrderBy(list => list.Id, StringComparer.Ordinal)];
            Relays = [.. _lists.Where(list => list.IsRelay).Select(list => list.Addresses!)];
            Datacentres =
            [
                .. _lists.Where(list => list.Reason == Reason.ListDatacentre).Select(list => list.Addresses!),
            ];
            Proxies = [.. _lists.Where(list => list.Reason == Reason.ListProxy).Select(list => list.Addresses!)];
            Agents = [.. _lists.Where(list => list.Agents != null).Select(list => list.Agents!)];
        }

        if (_reasons != before._reasons || Bands != before.Bands)
        {
            ReasonLimits = new ReasonLimits(this);
        }

        if (ClicksModel != before.ClicksModel || CursorModel != before.CursorModel)
        {
            ModelUtf8 = NameOfModels();
        }
    }

    [MemberNotNull(nameof(Version), nameof(VersionUtf8))]
    private void Name(string version) => (Version, VersionUtf8) = (version, Encoding.ASCII.GetBytes(version));

    private byte[] NameOfModels() =>
        Encoding.ASCII.GetBytes(
            $"{ClicksModel?.Artefact.Version ?? "clicks-none"}+{CursorModel?.Artefact.Version ?? "cursor-none"}"
        );

    private void SetReason(Reason reason, ReasonSetting setting)
    {
        _reasons = [.. _reasons];
        _reasons[(int)reason] = setting;
    }

    private void SetModel(string key, ModelInForce? model)
    {
        if (key == "model/clicks")
        {
            ClicksModel = model;
        }
        else
        {
            CursorModel = model;
        }
    }

    private ulong? VisitorOf(AllowSetting allow) =>
        allow.Visitor == null ? null : Fingerprints.Visitor(_hash, Encoding.ASCII.GetBytes(allow.Visitor));

    private ulong? CampaignOf(AllowSetting allow) =>
        allow.Campaign == null ? null : Fingerprints.Campaign(_hash, Encoding.ASCII.GetBytes(allow.Campaign));

    private ulong PublisherOf(SnoozeSetting snooze) =>
        Fingerprints.Publisher(_hash, Encoding.ASCII.GetBytes(snooze.Publisher));

    private static AllowSetting? FirstInForce(ImmutableSortedDictionary<string, AllowSetting> allows, long time)
    {
        foreach ((_, AllowSetting allow) in allows)
        {
            if (IsInForce(allow, time))
            {
                return allow;
            }
        }

        return null;
    }

    private static bool IsInForce(AllowSetting allow, long time) => allow.Until is not { } until || time < until;
}
