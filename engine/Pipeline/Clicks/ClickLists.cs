using Engine.Contracts;
using Engine.Pipeline.Decode;
using Engine.Pipeline.Lists;
using Engine.Pipeline.Settings;

namespace Engine.Pipeline.Clicks;

/// <summary>Looks up a click in the lists of its settings. It caches user agents, so there is one instance per
/// lane.</summary>
internal sealed class ClickLists
{
    private AgentCache? _agents;
    private DecisionSettings? _agentsOf;

    public void LookUp(ClickRow row)
    {
        DecisionSettings settings = row.Settings;
        if (_agentsOf != settings)
        {
            if (_agentsOf?.Agents.SequenceEqual(settings.Agents) != true)
            {
                _agents = new AgentCache(settings.Agents);
            }

            _agentsOf = settings;
        }
        ref InteractionEvent e = ref row.Event;
        bool relayed = ListOf(settings.Relays, e.Address) != null;
        row.DatacentreList = relayed ? null : ListOf(settings.Datacentres, e.Address);
        row.ProxyList = ListOf(settings.Proxies, e.Address);
        row.AgentInfo = e.Ua.IsEmpty ? AgentInfo.None : _agents!.Of(row.Agent, e.Ua.Span);
        row.Contradiction = row.AgentInfo.Contradiction(e);
        row.Allow = settings.HasAllows ? settings.AllowOf(e.Address, row.Visitor, row.Campaign, row.Time) : null;
    }

    private static string? ListOf(AddressList[] lists, IpAddress address)
    {
        foreach (AddressList list in lists)
        {
            if (list.Contains(address))
            {
                return list.Name;
            }
        }

        return null;
    }
}
