using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Contracts;
using Engine.Workflows.Associations.Codes;
using Engine.Workflows.Associations.Events;
using Engine.Workflows.Associations.Settings;
using Engine.Workflows.Module;

namespace Engine.Workflows.Associations.Decision;

/// <summary>Decides the associations of one partition: first the reasons to refuse, then whether an earlier association
/// is repeated, then the reasons to suspect. Suspect associations stay in the chain, apart from the counts, and push
/// nothing.</summary>
internal sealed class AssociationPartition(string partition, AssociationKeys keys) : IDeciderPartition
{
    private readonly Dictionary<string, ItemMemory> _items = [];
    private bool _isComplete;

    public long Due => long.MaxValue;

    public WorkflowEvent? Read(EventReader reader) => AssociationEvent.Read(reader);

    public void Restore(string field, string value)
    {
        string[] words = field.Split(' ');
        if (words is not [ItemMemory.Word, var item, var id])
        {
            throw new FormatException($"unknown field '{field}' in the memory of associations");
        }

        MemoryOf(item).Restore(id, value);
    }

    public void Recall(WorkflowEvent e, in Moment at)
    {
        // Chains are remembered, not rebuilt.
    }

    public void Elapse(in Moment at, IResults results)
    {
        // There are no timers.
    }

    public void Decide(WorkflowEvent e, in Moment at, IResults results)
    {
        var association = (AssociationEvent)e;
        var settings = (AssociationSettings)at.Settings;
        if (!_isComplete)
        {
            _isComplete = true;
            foreach (ItemMemory restored in _items.Values)
            {
                restored.Complete();
            }
        }

        ItemSetting? item = settings.Items.GetValueOrDefault(association.Item);
        // Items that nobody has set take no memory, however many are named.
        ItemMemory? memory = item == null ? _items.GetValueOrDefault(association.Item) : MemoryOf(association.Item);
        // A repeat after the deduplication window: the first outcome stands.
        if (memory?.Find(association.Id!) != null)
        {
            return;
        }

        var outcome = new AssociationOutcome(association, LogPlace.Text(partition, at.Offset), at.Version);
        Refuse(outcome, memory, item, at.LogTime);
        if (!outcome.IsRefused)
        {
            Associate(outcome, memory!, item!, settings, at, results);
        }

        results.Set(AssociationResultKeys.Outcome(association.Id!), outcome.ToJson());
        Count(outcome, results);
    }

    private void Refuse(AssociationOutcome outcome, ItemMemory? memory, ItemSetting? item, long logTime)
    {
        AssociationEvent e = outcome.Event;
        AssociationCode? code = e.Code == null ? null : keys.Read(e.Code);
        if (e.Code != null && code == null)
        {
            outcome.Refuse(AssociationReasons.CodeForged, evidence =>
                evidence.WriteNumber("characters", e.Code.Length)
            );
            return;
        }

        if (code != null && code.Item != e.Item)
        {
            outcome.Refuse(AssociationReasons.CodeItem, evidence => evidence.WriteString("item", code.Item));
            return;
        }

        if (item == null)
        {
            outcome.Refuse(AssociationReasons.ItemUnknown, evidence => evidence.WriteString("item", e.Item));
            return;
        }

        if (code == null)
        {
            return;
        }

        outcome.Parent = memory!.ByNonce(code.Nonce);
        // One that was forgotten at the bound is as good as expired.
        if (logTime >= code.Expires || outcome.Parent == null)
        {
            outcome.Refuse(AssociationReasons.CodeExpired, evidence =>
            {
                evidence.WriteNumber("expires", code.Expires);
                evidence.WriteNumber("log_time", logTime);
            });
        }
    }

    private void Associate(
        AssociationOutcome outcome,
        ItemMemory memory,
        ItemSetting item,
        AssociationSettings settings,
        in Moment at,
        IResults results
    )
    {
        AssociationEvent e = outcome.Event;
        string who = ItemNode.Fold(e.Account);
        if (memory.Same(outcome.Parent, who) is { } first)
        {
            outcome.IsRepeated = true;
            outcome.Node = first;
            outcome.Code = CodeOf(item.Id, first);
            return;
        }

        var node = new ItemNode(
            e.Id!,
            outcome.Parent?.Id,
            e.Account,
            outcome.Parent == null ? 0 : outcome.Parent.Depth + 1,
            at.LogTime,
            at.Offset,
            keys.NonceOf(item.Id, e.Id!),
            ExpiryOf(at.LogTime, item.CodeTtl),
            e.Ip?.NetworkText(),
            IsNew: !memory.Knows(who),
            IsSuspect: false
        );
        Suspect(outcome, memory, node, settings);
        node = node with { IsSuspect = outcome.IsSuspect };
        memory.Add(node, item.MaxAssociations, AssociationResultKeys.Chain(item.Id, partition), results);
        outcome.Node = node;
        outcome.Code = CodeOf(item.Id, node);
        if (!outcome.IsSuspect)
        {
            Push(outcome, memory, item, results);
        }
    }

    private static void Suspect(
        AssociationOutcome outcome,
        ItemMemory memory,
        ItemNode node,
        AssociationSettings settings
    )
    {
        (int brought, int network) = memory.Count(node, settings.Burst.WindowMs, settings.Network.WindowMs);
        if (outcome.Parent is { } parent)
        {
            if (!settings.Self.IsOff && parent.Who == node.Who)
            {
                outcome.Suspect(AssociationReasons.AccountSelf, settings.Self.IsShadow, evidence =>
                    evidence.WriteString("account", parent.Account)
                );
            }
            else if (!settings.Ring.IsOff)
            {
                RingSearch found = memory.Graph.RingClosedBy(parent.Who, node.Who);
                if (found.Accounts is { } ring)
                {
                    outcome.Suspect(AssociationReasons.Ring, settings.Ring.IsShadow, evidence =>
                        AssociationOutcome.Texts(evidence, "accounts", ring)
                    );
                }
            }

            if (!settings.Burst.IsOff && brought > settings.Burst.Limit)
            {
                outcome.Suspect(AssociationReasons.Burst, settings.Burst.IsShadow, evidence =>
                    Window(evidence, "account", parent.Account, brought, settings.Burst)
                );
            }
        }

        if (!settings.Network.IsOff && network > settings.Network.Limit)
        {
            outcome.Suspect(AssociationReasons.NetworkAccounts, settings.Network.IsShadow, evidence =>
                Window(evidence, "network", node.Network!, network, settings.Network)
            );
        }
    }

    private static void Window(Utf8JsonWriter evidence, string name, string of, int accounts, ReasonSetting setting)
    {
        evidence.WriteString(name, of);
        evidence.WriteNumber("accounts", accounts);
        evidence.WriteNumber("window_s", (long)setting.Window.TotalSeconds);
        evidence.WriteNumber("limit", setting.Limit);
    }

    private static void Push(AssociationOutcome outcome, ItemMemory memory, ItemSetting item, IResults results)
    {
        ItemNode node = outcome.Node!;
        var values = new ItemValues(
            item,
            node.Depth,
            memory.Counted,
            outcome.Parent == null ? 0 : memory.Referrals(outcome.Parent.Who),
            outcome.Event.Time
        );
        foreach (PushCondition push in item.Pushes.Where(push => ItemNames.Holds(push.When, values)))
        {
            if (push.ToFirst && outcome.Parent != null)
            {
                Send(outcome, item, push, outcome.Parent.Account, "first", results);
            }

            if (push.ToSecond)
            {
                Send(outcome, item, push, node.Account, "second", results);
            }
        }
    }

    private static void Send(
        AssociationOutcome outcome,
        ItemSetting item,
        PushCondition push,
        string recipient,
        string role,
        IResults results
    )
    {
        outcome.Push(recipient, push.Id);
        var message = new JsonObject
        {
            ["type"] = "item-information",
            ["recipient"] = recipient,
            ["role"] = role,
            ["item"] = item.Id,
            ["title"] = item.Title,
            ["price_micros"] = item.PriceMicros,
            ["currency"] = item.Currency,
            ["url"] = item.Url,
            ["association"] = outcome.Event.Id,
            ["condition"] = push.Id,
        };
        results.Notify(recipient, message.ToJsonString());
    }

    private void Count(AssociationOutcome outcome, IResults results)
    {
        string key = AssociationResultKeys.Stats(outcome.Event.Item, partition);
        foreach (string reason in outcome.Shadow)
        {
            results.Count(key, "shadow:" + reason, 1);
            results.Shadowed(reason);
        }

        if (outcome.IsRepeated)
        {
            return;
        }

        if (outcome.Reasons.Count > 0)
        {
            string kind = outcome.IsRefused ? "refused:" : "suspect:";
            foreach (string reason in outcome.Reasons)
            {
                results.Count(key, kind + reason, 1);
            }

            return;
        }

        results.Count(key, "associated", 1);
        if (outcome.Parent != null)
        {
            results.Count(key, "referred", 1);
        }

        foreach (string condition in outcome.Pushed)
        {
            results.Count(key, "pushed:" + condition, 1);
        }

        results.Count(
            key,
            "hour:"
                + DateTimeOffset
                    .FromUnixTimeMilliseconds(outcome.Event.Time)
                    .ToString("yyyy-MM-dd'T'HH", CultureInfo.InvariantCulture),
            1
        );
    }

    private string CodeOf(string item, ItemNode node) => keys.Sign(new AssociationCode(item, node.Nonce, node.Expires));

    /// <summary>Rounded up to a whole second.</summary>
    private static long ExpiryOf(long now, TimeSpan ttl) => (now + (long)ttl.TotalMilliseconds + 999) / 1000 * 1000;

    private ItemMemory MemoryOf(string item)
    {
        if (!_items.TryGetValue(item, out ItemMemory? memory))
        {
            _items[item] = memory = new ItemMemory(item);
        }

        return memory;
    }
}
