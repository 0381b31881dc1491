namespace Engine.Contracts;

/// <summary>The Redis keys of results, as the contract names them. Each begins with the group's prefix.</summary>
/// <param name="Prefix">The prefix of a second group's keys; empty for the first group.</param>
/// <param name="Group">The consumer group that progress keys belong to.</param>
public sealed record RedisKeys(string Prefix, string Group)
{
    /// <summary>Gets a partition's name as it appears in keys and in <c>at</c>: <c>interactions-2</c>.</summary>
    public static string Partition(string topic, int partition) => $"{topic}-{partition}";

    /// <summary>Gets the key of a click's verdict when only the group's prefix is known.</summary>
    public static string Verdict(string prefix, string click) => $"{prefix}verdict:{click}";

    public string Verdict(string click) => Verdict(Prefix, click);

    public string Network(string cidr) => $"{Prefix}network:{cidr}";

    public string Stats(string kind, string id, string hour, string partition) =>
        $"{Prefix}stats:{kind}:{id}:{hour}:{{{partition}}}";

    /// <summary>Gets the key of a day's sums of all campaigns or publishers that had clicks in one partition.</summary>
    /// <param name="kinds"><c>campaigns</c> or <c>publishers</c>.</param>
    /// <param name="day"><c>2026-11-22</c></param>
    public string DaySums(string kinds, string day, string partition) => $"{Prefix}stats:{kinds}:{day}:{{{partition}}}";

    /// <summary>Gets the key of an hour's totals of all clicks of one partition.</summary>
    /// <param name="hour"><c>2026-11-22T09</c></param>
    public string HourStats(string hour, string partition) => $"{Prefix}stats:clicks:{hour}:{{{partition}}}";

    public string Progress(string partition) => $"{Prefix}progress:{Group}:{{{partition}}}";

    /// <summary>Gets the key of how far every click of a partition is decided, where not all verdicts are
    /// written.</summary>
    public string Decided(string partition) => $"{Prefix}decided:{Group}:{{{partition}}}";

    public string Owner(string partition) => $"{Prefix}owner:{Group}:{{{partition}}}";

    /// <summary>Gets the key of what was last written for a partition beside its hashes, which a commit then
    /// covers.</summary>
    public string Written(string partition) => $"{Prefix}written:{Group}:{{{partition}}}";

    public string State(string partition) => $"{Prefix}state:{Group}:{{{partition}}}";

    public string SettingsBase => $"{Prefix}settings-base:{Group}";

    /// <summary>Gets the key of the last offset of <c>settings</c> of which a dead letter was sent.</summary>
    public string SettingsRefused => $"{Prefix}settings-refused:{Group}";

    /// <summary>Gets the key of a back-test's result.</summary>
    public string Backtest(string id) => $"{Prefix}backtest:{Group}:{id}";

    /// <summary>Gets the key of the ids of the latest back-tests, the latest first.</summary>
    public string Backtests => $"{Prefix}backtests:{Group}";

    public string SigningKey => $"{Prefix}signing-key";
    public string GroupKey => $"{Prefix}group";
    public string VerdictChannel => $"{Prefix}verdicts";
}
