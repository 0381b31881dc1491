using Engine.Workflows.ContentRequests.Events;

namespace Engine.Workflows.ContentRequests.Settings;

/// <summary>A sponsor with its definitions, as of one version of the settings. Finds definitions by unit. For an
/// undefined unit it climbs the hierarchy: each level knows in advance its own definitions or, if it has none, the
/// nearest ones below it.</summary>
public sealed class Sponsor
{
    private readonly Dictionary<string, Tier> _tiers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Tier>.AlternateLookup<ReadOnlySpan<char>> _byText;
    private readonly Tier _top = new();

    public Sponsor(SponsorSetting setting, IEnumerable<DefinitionSetting> definitions)
    {
        Setting = setting;
        Definitions =
        [
            .. definitions
                .Where(definition => definition.Undone == null)
                .OrderBy(definition => definition.Id, StringComparer.Ordinal),
        ];
        foreach (DefinitionSetting definition in Definitions)
        {
            Add(definition);
        }

        _byText = _tiers.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The definitions at equal distance from a level of the hierarchy, by id.</summary>
    private sealed class Tier
    {
        /// <summary>The number of levels between the level and its definitions.</summary>
        public int Levels = int.MaxValue;
        public readonly List<DefinitionSetting> Definitions = [];

        public void Offer(DefinitionSetting definition, int levels)
        {
            if (levels > Levels)
            {
                return;
            }

            if (levels < Levels)
            {
                Definitions.Clear();
            }

            Levels = levels;
            Definitions.Add(definition);
        }
    }

    public SponsorSetting Setting { get; }

    /// <summary>The definitions in force, by id.</summary>
    public IReadOnlyList<DefinitionSetting> Definitions { get; }

    /// <summary>Whether an address is the sponsor's own; false if it is missing.</summary>
    public bool Owns(string? resource)
    {
        if (resource == null)
        {
            return false;
        }

        foreach (ResourcePrefix prefix in Setting.Resources)
        {
            if (prefix.CoversPlainly(resource))
            {
                return true;
            }
        }

        if (!ResourceAddress.TryParse(resource, out ResourceAddress address))
        {
            return false;
        }

        foreach (ResourcePrefix prefix in Setting.Resources)
        {
            if (prefix.Covers(address))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The definition that answers a request; null if there is none at all.</summary>
    public DefinitionSetting? Find(
        string unit,
        AdSize[] sizes,
        KeyValuePair<string, string>[] asked,
        out Validity validity
    )
    {
        bool isDefined = _tiers.TryGetValue(unit, out Tier? tier) && tier.Levels == 0;
        if (!isDefined)
        {
            tier = TierFrom(unit);
        }

        DefinitionSetting? nearest = null;
        long closest = long.MaxValue;
        foreach (DefinitionSetting definition in tier!.Definitions)
        {
            long distance = definition.DistanceTo(sizes, asked, closest);
            if (distance < closest)
            {
                (closest, nearest) = (distance, definition);
            }

            if (closest == 0)
            {
                break;
            }
        }
        validity =
            !isDefined ? Validity.InvalidUnit
            : closest == 0 ? Validity.Valid
            : Validity.InvalidFormat;
        return nearest;
    }

    /// <summary>The nearest definitions of a unit, or of the first level above it that has any at or below
    /// it.</summary>
    private Tier TierFrom(ReadOnlySpan<char> unit)
    {
        while (true)
        {
            if (_byText.TryGetValue(unit, out Tier? tier))
            {
                return tier;
            }

            int slash = unit.LastIndexOf('/');
            if (slash < 0)
            {
                return _top;
            }

            unit = unit[..slash];
        }
    }

    private void Add(DefinitionSetting definition)
    {
        string at = definition.Unit;
        for (int levels = 0; ; levels++)
        {
            if (!_tiers.TryGetValue(at, out Tier? tier))
            {
                _tiers[at] = tier = new Tier();
            }

            tier.Offer(definition, levels);
            int slash = at.LastIndexOf('/');
            if (slash < 0)
            {
                _top.Offer(definition, levels + 1);
                return;
            }
            at = at[..slash];
        }
    }
}
