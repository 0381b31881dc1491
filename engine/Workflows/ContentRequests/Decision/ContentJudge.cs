using Engine.Workflows.ContentRequests.Events;
using Engine.Workflows.ContentRequests.Settings;
using Engine.Workflows.Module;

namespace Engine.Workflows.ContentRequests.Decision;

/// <summary>Decides content requests: spam first, then validity, then the definition that answers. It holds request
/// rates, so each partition has one, and so does each instance's HTTP endpoint.</summary>
public sealed class ContentJudge
{
    private static readonly string[] None = [],
        Unknown = [ContentReasons.SponsorUnknown],
        Size = [ContentReasons.SizeUndefined],
        Parameter = [ContentReasons.ParameterUndefined],
        SizeAndParameter = [ContentReasons.SizeUndefined, ContentReasons.ParameterUndefined],
        Unit = [ContentReasons.UnitUndefined],
        NoDefinition = [ContentReasons.UnitUndefined, ContentReasons.DefinitionNone];

    private readonly RequestRates _rates = new();

    /// <summary>Decides a request and counts it.</summary>
    /// <param name="version">The version of the settings.</param>
    /// <param name="standings">Click totals of networks.</param>
    /// <param name="logTime">The time for rates, ms.</param>
    public ContentAnswer Answer(
        ContentRequest e,
        ContentSettings settings,
        string version,
        IStandings standings,
        long logTime
    )
    {
        string[] spam = Spam(e, settings, standings, logTime, out Sponsor? sponsor);
        if (spam.Length > 0)
        {
            return new ContentAnswer(e.Request, e.Sponsor, Validity.Spam, null, null, null, spam, e.Time, version);
        }

        return Conforming(sponsor!, e.Request, e.Unit, e.Sizes, e.Asked, e.Time, version);
    }

    /// <summary>Counts a request that isn't decided here, because it is before progress or was answered over
    /// HTTP.</summary>
    public void Count(ContentRequest e, ContentSettings settings, IStandings standings, long logTime) =>
        Spam(e, settings, standings, logTime, out _);

    /// <summary>The answer of a sponsor's definitions to a request that isn't spam.</summary>
    public static ContentAnswer Conforming(
        Sponsor sponsor,
        string request,
        string unit,
        AdSize[] sizes,
        KeyValuePair<string, string>[] asked,
        long time,
        string version
    )
    {
        DefinitionSetting? definition = sponsor.Find(unit, sizes, asked, out Validity validity);
        if (definition == null)
        {
            return new ContentAnswer(
                request,
                sponsor.Setting.Id,
                validity,
                null,
                null,
                null,
                NoDefinition,
                time,
                version
            );
        }

        AdSize size = definition.SizeFor(sizes, out bool isAsked);
        string[] reasons = validity switch
        {
            Validity.Valid => None,
            Validity.InvalidUnit => Unit,
            _ => isAsked ? Parameter
            : asked.All(definition.Allows) ? Size
            : SizeAndParameter,
        };
        return new ContentAnswer(
            request,
            sponsor.Setting.Id,
            validity,
            definition.Id,
            definition.Item,
            size,
            reasons,
            time,
            version
        );
    }

    /// <summary>The reasons why a request is spam; empty if it isn't. All requests of a network count for its rate.
    /// Requests count for a sponsor's rate only if nothing else is wrong with them, so refused requests can't use it
    /// up.</summary>
    private string[] Spam(
        ContentRequest e,
        ContentSettings settings,
        IStandings standings,
        long logTime,
        out Sponsor? sponsor
    )
    {
        List<string>? reasons = null;
        if (!settings.Sponsors.TryGetValue(e.Sponsor, out sponsor))
        {
            (reasons ??= []).Add(ContentReasons.SponsorUnknown);
        }
        else if (!sponsor.Owns(e.Resource))
        {
            (reasons ??= []).Add(ContentReasons.ResourceForeign);
        }

        bool often = false,
            bad = false;
        if (e.Address is { } address)
        {
            often = _rates.Network(address, logTime) > settings.Limits.NetworkRequests;
            bad = IsBad(standings.Network(address.NetworkText()), settings.Limits);
        }
        if (reasons == null && !often && !bad)
        {
            return _rates.Sponsor(e.Sponsor, logTime) > (sponsor!.Setting.RequestsPerSecond ?? long.MaxValue)
                ? [ContentReasons.RateSponsor]
                : None;
        }

        if (reasons is [ContentReasons.SponsorUnknown] && !often && !bad)
        {
            return Unknown;
        }

        reasons ??= [];
        if (often)
        {
            reasons.Add(ContentReasons.RateNetwork);
        }

        if (bad)
        {
            reasons.Add(ContentReasons.StandingNetwork);
        }

        return [.. reasons];
    }

    private static bool IsBad(ClickSums sums, ContentLimits limits) =>
        sums.Clicks > 0 && sums.Clicks >= limits.StandingClicks && sums.InvalidShare >= limits.StandingShare;
}
