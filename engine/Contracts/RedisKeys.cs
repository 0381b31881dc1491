namespace Engine.Contracts;

/// <summary>The keys of results, as the contract names them. A group's prefix stands before each.</summary>
/// <param name="Prefix">What a second group's keys begin with; empty for the first.</param>
/// <param name="Group">The consumer group that keys of progress belong to.</param>
public sealed record RedisKeys(string Prefix, string Group)
{
    /// <summary>A partition's name as it stands in keys and in <c>at</c>: <c>interactions-2</c>.</summary>
    public static string Partition(string topic, int partition) => $"{topic}-{partition}";

    /// <summary>The verdict of a click, for who knows the group's prefix only.</summary>
    public static string Verdict(string prefix, string click) => $"{prefix}verdict:{click}";

    public string Verdict(string click) => Verdict(Prefix, click);

    public string Network(string cidr) => $"{Prefix}network:{cidr}";

    public string Stats(string kind, string id, string hour, string partition) =>
        $"{Prefix}stats:{kind}:{id}:{hour}:{{{partition}}}";

    public string Progress(string partition) => $"{Prefix}progress:{Group}:{{{partition}}}";

    public string Owner(string partition) => $"{Prefix}owner:{Group}:{{{partition}}}";

    public string State(string partition) => $"{Prefix}state:{Group}:{{{partition}}}";

    public string SettingsBase => $"{Prefix}settings-base:{Group}";

    public string SigningKey => $"{Prefix}signing-key";
    public string GroupKey => $"{Prefix}group";
    public string VerdictChannel => $"{Prefix}verdicts";
}
