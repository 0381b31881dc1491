namespace Engine.Workflows.Associations.Decision;

/// <summary>Counts distinct accounts that came lately by something: a code, a person, or a network. Rebuilt from the
/// chain, whose nodes have their times.</summary>
internal sealed class AccountWindow
{
    private readonly Dictionary<string, Dictionary<string, long>> _by = [];
    private readonly Queue<(long Time, string Key, string Account)> _ageing = new();

    /// <summary>Adds an account. Returns the number of distinct accounts in the window.</summary>
    public int Add(string key, string account, long time, long window)
    {
        Forget(time - window);
        if (!_by.TryGetValue(key, out Dictionary<string, long>? accounts))
        {
            _by[key] = accounts = [];
        }

        accounts[account] = time;
        _ageing.Enqueue((time, key, account));
        return accounts.Count;
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
