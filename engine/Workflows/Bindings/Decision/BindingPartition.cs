using System.Globalization;
using Engine.Contracts;
using Engine.Workflows.Bindings.Codes;
using Engine.Workflows.Bindings.Events;
using Engine.Workflows.Module;

namespace Engine.Workflows.Bindings.Decision;

/// <summary>Decides the bindings of one partition. It first checks the reasons to refuse, in the order of
/// <see cref="BindingReasons.Refusing"/>, and reports the first that applies, or all that apply to the prompt. Then it
/// checks the reasons to suspect. Only counted and suspect bindings use up their code and count in windows.</summary>
internal sealed class BindingPartition(string partition, CodeKeys keys) : IDeciderPartition
{
    private readonly UsedCodes _used = new();
    private readonly PairWindow _pairs = new();
    private readonly NetworkWindow _networks = new();

    public long Due => long.MaxValue;

    public WorkflowEvent? Read(EventReader reader) => BindingEvent.Read(reader);

    public void Restore(string field, string value)
    {
        string[] words = field.Split(' ');
        switch (words[0])
        {
            case UsedCodes.Word:
                _used.Restore(field, value);
                break;
            case PairWindow.Word:
                _pairs.Restore(field, value);
                break;
            case NetworkWindow.Word:
                _networks.Restore(field, value);
                break;
            default:
                throw new FormatException($"unknown field '{field}' in the memory of bindings");
        }
    }

    public void Recall(WorkflowEvent e, in Moment at)
    {
        // Windows are remembered, not rebuilt.
    }

    public void Elapse(in Moment at, IResults results)
    {
        // There are no timers.
    }

    public void Decide(WorkflowEvent e, in Moment at, IResults results)
    {
        var binding = (BindingEvent)e;
        var settings = (BindingSettings)at.Settings;
        _used.Forget(at.LogTime, results);
        _pairs.Forget(at.LogTime - (long)settings.Pair.Window.TotalMilliseconds, results);
        _networks.Forget(at.LogTime - (long)settings.Network.Window.TotalMilliseconds, results);

        OperationBindingCode? code = keys.Read(binding.Code);
        // A repeat after the deduplication window: the first outcome stands.
        if (code != null && code.Page == binding.Page && _used.By(code.Nonce) == binding.Id)
        {
            return;
        }

        var outcome = new BindingOutcome(binding, code, LogPlace.Text(partition, at.Offset), at.Version);
        Refuse(outcome, settings, at.LogTime);
        if (!outcome.IsRefused)
        {
            Suspect(outcome, settings, at.LogTime, results);
        }

        // The schema requires an id, so a binding without one never gets here.
        results.Set(BindingKeys.Outcome(binding.Id!), outcome.ToJson());
        Count(outcome, results);
    }

    private void Refuse(BindingOutcome outcome, BindingSettings settings, long logTime)
    {
        (BindingEvent binding, OperationBindingCode? code) = (outcome.Binding, outcome.Code);
        if (code == null)
        {
            outcome.Refuse(BindingReasons.CodeForged, evidence =>
                evidence.WriteNumber("characters", binding.Code.Length)
            );
        }
        else if (logTime >= code.Expires)
        {
            outcome.Refuse(BindingReasons.CodeExpired, evidence =>
            {
                evidence.WriteNumber("expires", code.Expires);
                evidence.WriteNumber("log_time", logTime);
            });
        }
        else if (code.Page != binding.Page)
        {
            outcome.Refuse(BindingReasons.CodePage, evidence => evidence.WriteString("page", code.Page));
        }
        else if (!settings.Pages.ContainsKey(binding.Page))
        {
            outcome.Refuse(BindingReasons.PageUnknown, evidence => evidence.WriteString("page", binding.Page));
        }
        else if (_used.By(code.Nonce) is { } by)
        {
            outcome.Refuse(BindingReasons.CodeUsed, evidence => evidence.WriteString("binding", by));
        }
        else
        {
            outcome.RefuseByPrompt();
        }
    }

    private void Suspect(BindingOutcome outcome, BindingSettings settings, long logTime, IResults results)
    {
        (BindingEvent binding, OperationBindingCode code) = (outcome.Binding, outcome.Code!);
        _used.Add(code, binding.Id!, results);
        if (!settings.Self.IsOff && code.Account == binding.Account)
        {
            outcome.Suspect(BindingReasons.AccountSelf, settings.Self.IsShadow, evidence =>
                evidence.WriteString("account", binding.Account)
            );
        }

        long pairs = _pairs.Add(
            binding.Page,
            code.Account,
            binding.Account,
            logTime,
            (long)settings.Pair.Window.TotalMilliseconds,
            results
        );
        if (!settings.Pair.IsOff && pairs > settings.Pair.Limit)
        {
            outcome.Suspect(BindingReasons.PairRepeated, settings.Pair.IsShadow, evidence =>
            {
                evidence.WriteNumber("count", pairs);
                evidence.WriteNumber("window_s", (long)settings.Pair.Window.TotalSeconds);
                evidence.WriteNumber("limit", settings.Pair.Limit);
            });
        }

        if (binding.Ip is not { } ip)
        {
            return;
        }

        string network = ip.NetworkText();
        int accounts = _networks.Add(binding.Page, network, binding.Account, logTime, results);
        if (!settings.Network.IsOff && accounts > settings.Network.Limit)
        {
            outcome.Suspect(BindingReasons.NetworkAccounts, settings.Network.IsShadow, evidence =>
            {
                evidence.WriteString("network", network);
                evidence.WriteNumber("accounts", accounts);
                evidence.WriteNumber("window_s", (long)settings.Network.Window.TotalSeconds);
                evidence.WriteNumber("limit", settings.Network.Limit);
            });
        }
    }

    private void Count(BindingOutcome outcome, IResults results)
    {
        string key = BindingKeys.Stats(outcome.Binding.Page, partition);
        if (outcome.IsRefused)
        {
            foreach (string reason in outcome.Reasons)
            {
                results.Count(key, "refused:" + reason, 1);
            }

            return;
        }
        OperationBindingCode code = outcome.Code!;
        foreach (string reason in outcome.Shadow)
        {
            results.Count(key, "shadow:" + reason, 1);
            results.Shadowed(reason);
        }
        if (outcome.Reasons.Count > 0)
        {
            results.Count(key, "suspect:" + code.Operation, 1);
            return;
        }
        results.Count(key, "operation:" + code.Operation, 1);
        results.Count(key, $"pair:{code.Account} {outcome.Binding.Account}", 1);
        results.Count(
            key,
            "hour:"
                + DateTimeOffset
                    .FromUnixTimeMilliseconds(outcome.Binding.Time)
                    .ToString("yyyy-MM-dd'T'HH", CultureInfo.InvariantCulture),
            1
        );
    }
}
