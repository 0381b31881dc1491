using System.Security.Cryptography;
using System.Text;
using Engine.Workflows.Meetings.Settings;
using Engine.Workflows.Module;

namespace Engine.Workflows.Meetings.Decision;

/// <summary>Notices to absent invitees (US20120170734A1): whom a meeting misses, by elapsed time and attendance. See
/// docs/meetings.md.</summary>
public sealed class MeetingDecider : IDecider
{
    /// <summary>Zero: meetings are remembered rather than rebuilt.</summary>
    public TimeSpan LongestWindow => TimeSpan.Zero;

    public object Compile(SettingRecords records)
    {
        Dictionary<string, MeetingRule> rules = new(
            records.Of<MeetingRule>(MeetingRuleKind.Name),
            StringComparer.Ordinal
        );
        string all = string.Join(
            '\n',
            rules
                .Values.OrderBy(rule => rule.Id, StringComparer.Ordinal)
                .Select(rule => (rule with { When = null }).ToString() + rule.When?.Source)
        );
        return new MeetingRules(rules, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all))));
    }

    public IDeciderPartition Open(string partition) => new MeetingPartition(partition);
}
