using Engine.Workflows.ContentRequests.Events;

namespace Engine.Workflows.ContentRequests.Settings;

/// <summary>
/// A sponsor with its definitions, as of one version of the settings. Definitions are found by unit, and for units that
/// there aren't by climbing: at every level it is known beforehand which definitions are its own or, where it has none,
/// the nearest below it.
/// </summary>
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

    /// <summary>Definitions that are equally near to a place in the hierarchy, by id.</summary>
    private sealed class Tier
    {
        /// <summary>How many levels below the place they lie.</summary>
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

    /// <summary>Those in force, by id.</summary>
    public IReadOnlyList<DefinitionSetting> Definitions { get; }

    /// <summary>Whether an address is one of its own; a missing one isn't.</summary>
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

    /// <summary>The definition that a request is answered by; null where there is none at all.</summary>
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

    /// <summary>What is nearest to a unit, or to the first above it that has anything at or below it.</summary>
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
