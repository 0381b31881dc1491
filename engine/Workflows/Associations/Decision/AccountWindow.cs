using Engine.Workflows.Associations.Settings;

namespace Engine.Workflows.Associations.Decision;

/// <summary>Counts distinct accounts that came lately by somebody, or from a network. It keeps them as long as the
/// longest window that a setting may ask for, whatever the window is now: so a takeover, which fills it again from the
/// chain, counts as if there had been none.</summary>
internal sealed class AccountWindow
{
    private readonly Dictionary<string, Dictionary<string, long>> _by = [];
    private readonly Queue<(long Time, string Key, string Account)> _ageing = new();

    /// <summary>Adds an account. Returns the number of distinct accounts in the window.</summary>
    /// <param name="time">Log time, ms.</param>
    /// <param name="window">The length of the window, ms.</param>
    public int Add(string key, string account, long time, long window)
    {
        Forget(time - ReasonKind.MaxWindowMs);
        if (!_by.TryGetValue(key, out Dictionary<string, long>? accounts))
        {
            _by[key] = accounts = [];
        }

        accounts[account] = time;
        _ageing.Enqueue((time, key, account));
        int count = 0;
        foreach (long last in accounts.Values)
        {
            count += last > time - window ? 1 : 0;
        }

        return count;
    }

    /// <summary>Forgets what was added of an account at a time.</summary>
    public void Remove(string key, string account, long time)
    {
        if (
            !_by.TryGetValue(key, out Dictionary<string, long>? accounts)
            || accounts.GetValueOrDefault(account) != time
        )
        {
            return;
        }

        accounts.Remove(account);
        if (accounts.Count == 0)
        {
            _by.Remove(key);
        }
    }

    private void Forget(long before)
    {
        while (_ageing.TryPeek(out (long Time, string Key, string Account) oldest) && oldest.Time <= before)
        {
            _ageing.Dequeue();
            Remove(oldest.Key, oldest.Account, oldest.Time);
        }
    }
}
