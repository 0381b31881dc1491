using System.Text;
using Engine.Pipeline.Decode;

namespace Engine.Pipeline.Lists;

/// <summary>The operating system that a user agent or a device names, as far as contradictions need it.</summary>
public enum AgentSystem : byte
{
    Unknown,
    Android,
    Ios,
    Windows,
    Mac,
    Linux,
}

/// <summary>Facts parsed from a user agent.</summary>
/// <param name="CrawlerList">The list that declares it a crawler, or null.</param>
/// <param name="CrawlerEntry">The matching entry of that list.</param>
/// <param name="System">The operating system that it names.</param>
/// <param name="IsPhone">Whether it claims to be a phone.</param>
public sealed record AgentInfo(string? CrawlerList, string? CrawlerEntry, AgentSystem System, bool IsPhone)
{
    public static readonly AgentInfo None = new(null, null, AgentSystem.Unknown, false);

    /// <summary>Parses a user agent and matches it against the lists.</summary>
    public static AgentInfo Read(ReadOnlySpan<byte> agent, IReadOnlyList<AgentList> lists)
    {
        if (agent.IsEmpty)
        {
            return None;
        }

        string text = Encoding.UTF8.GetString(
            agent.Length > AgentList.JudgedLength ? agent[..AgentList.JudgedLength] : agent
        );
        foreach (AgentList list in lists)
        {
            if (list.Match(text) is { } entry)
            {
                return new AgentInfo(list.Name, entry, SystemOf(text), IsPhoneAgent(text));
            }
        }

        return new AgentInfo(null, null, SystemOf(text), IsPhoneAgent(text));
    }

    /// <summary>The operating system named by a device's <c>os</c>.</summary>
    public static AgentSystem DeviceSystem(ReadOnlySpan<byte> os) =>
        os.IsEmpty ? AgentSystem.Unknown
        : Ascii.EqualsIgnoreCase(os, "android"u8) ? AgentSystem.Android
        : Ascii.EqualsIgnoreCase(os, "ios"u8) || Ascii.EqualsIgnoreCase(os, "ipados"u8) ? AgentSystem.Ios
        : Ascii.EqualsIgnoreCase(os, "windows"u8) ? AgentSystem.Windows
        : Ascii.EqualsIgnoreCase(os, "macos"u8) || Ascii.EqualsIgnoreCase(os, "mac os x"u8) ? AgentSystem.Mac
        : Ascii.EqualsIgnoreCase(os, "linux"u8) ? AgentSystem.Linux
        : AgentSystem.Unknown;

    /// <summary>Describes what contradicts the user agent, or returns null: a device with another system, or a mouse on
    /// a phone. Touch on Windows isn't a contradiction (touch screens), nor is a Mac that turns out to be an iPad
    /// (iPads call themselves Macs).</summary>
    public string? Contradiction(in InteractionEvent click)
    {
        AgentSystem device = DeviceSystem(click.Device[(int)DeviceField.Os].Span);
        bool both = device != AgentSystem.Unknown && System != AgentSystem.Unknown && device != System;
        if (
            both
            && !(System == AgentSystem.Mac && device == AgentSystem.Ios)
            && !(System == AgentSystem.Linux && device == AgentSystem.Android)
        )
        {
            return $"device.os {device.ToString().ToLowerInvariant()}";
        }

        return IsPhone && click.Pointer == Pointer.Mouse ? "pointer mouse" : null;
    }

    private static bool IsPhoneAgent(string agent) =>
        agent.Contains("iPhone", StringComparison.Ordinal)
        || (agent.Contains("Android", StringComparison.Ordinal) && agent.Contains("Mobile", StringComparison.Ordinal));

    private static AgentSystem SystemOf(string agent) =>
        agent.Contains("Windows Phone", StringComparison.Ordinal) ? AgentSystem.Unknown
        : agent.Contains("Android", StringComparison.Ordinal) ? AgentSystem.Android
        : agent.Contains("iPhone", StringComparison.Ordinal) || agent.Contains("iPad", StringComparison.Ordinal)
            ? AgentSystem.Ios
        : agent.Contains("Windows NT", StringComparison.Ordinal) ? AgentSystem.Windows
        : agent.Contains("Macintosh", StringComparison.Ordinal) ? AgentSystem.Mac
        : agent.Contains("Linux", StringComparison.Ordinal) ? AgentSystem.Linux
        : AgentSystem.Unknown;
}

/// <summary>A cache of recent user agents by fingerprint: matching a list costs microseconds, and a stream contains few
/// distinct agents. It is direct-mapped, so an attacker who keeps sending new ones costs time but no memory. One per
/// lane.</summary>
public sealed class AgentCache(IReadOnlyList<AgentList> lists)
{
    private const int Places = 8192;

    private readonly ulong[] _keys = new ulong[Places];
    private readonly AgentInfo[] _infos = new AgentInfo[Places];

    public AgentInfo Of(ulong fingerprint, ReadOnlySpan<byte> agent)
    {
        int place = (int)(fingerprint % Places);
        if (_keys[place] == fingerprint)
        {
            return _infos[place];
        }

        _infos[place] = AgentInfo.Read(agent, lists);
        _keys[place] = fingerprint;
        return _infos[place];
    }
}
