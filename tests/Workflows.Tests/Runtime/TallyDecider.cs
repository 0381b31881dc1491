using Engine.Contracts.Events;
using Engine.Contracts.Settings;
using Engine.Workflows.Module;

namespace Workflows.Tests.Runtime;

/// <summary>
/// The least decider that uses all that the runtime gives: it tallies bindings by account, remembers the tallies,
/// counts accounts in a window of a minute, and closes a tally ten seconds after its first event.
/// </summary>
internal sealed class TallyDecider(bool followsSettings = false) : IWorkflow, IDecider
{
    public string Name => "tallies";
    public string Topic => "bindings";
    public IReadOnlyList<EventSchema> Events { get; } =
    [
        new EventSchema(
            "binding",
            "bindings",
            "page",
            "Binding",
            51,
            "An account does something on a page",
            """{"type":"binding","id":"b-1","time":1,"page":"p-1","account":"acc-1"}""",
            EventField.Required("id", 2, FieldKind.Identifier, "the event's own id"),
            EventField.Required("page", 15, FieldKind.Identifier, "where"),
            EventField.Required("account", 36, FieldKind.Identifier, "who"),
            EventField.Required("time", 3, FieldKind.Time, "event time, ms")
        ),
    ];
    public TimeSpan LongestWindow => TimeSpan.FromMinutes(1);
    public IReadOnlyList<ISettingKind> SettingKinds { get; } = [new StepKind()];

    public IReadOnlyList<KeyPattern> Keys => [];
    public string Documentation => "";

    public IDecider CreateDecider(DeciderServices services) => this;

    public object Compile(SettingRecords records) =>
        records.Of<long>("step").Select(record => record.Value).FirstOrDefault(1);

    public IDeciderPartition Open(string partition) => new Partition(partition, followsSettings);

    private sealed class StepKind : ISettingKind
    {
        public string Kind => "step";

        public object Parse(string id, SettingReader record) =>
            record.Integer("by", 1, 100) ?? throw record.Wrong("'by' is missing");
    }

    private sealed record Tallied(string Id, string Page, string Account, long Time)
        : WorkflowEvent("binding", Id, Page, Time);

    private sealed class Partition(string name, bool followsSettings) : IDeciderPartition
    {
        private readonly SortedDictionary<string, (long Sum, long Closes)> _tallies = new(StringComparer.Ordinal);
        private readonly List<long> _recent = [];

        public bool FollowsSettings => followsSettings;

        public long Due => _tallies.Count == 0 ? long.MaxValue : _tallies.Values.Min(tally => tally.Closes);

        public void Restore(string field, string value) =>
            _tallies[field] = (long.Parse(value.Split(' ')[0]), long.Parse(value.Split(' ')[1]));

        public WorkflowEvent? Read(EventReader reader)
        {
            var e = new Tallied(reader.Id(), reader.Text("page"), reader.Text("account"), reader.Time());
            return reader.IsGood ? e : null;
        }

        public void Recall(WorkflowEvent e, in Moment at) => Recent(at);

        public void Decide(WorkflowEvent e, in Moment at, IResults results)
        {
            Recent(at);
            var tallied = (Tallied)e;
            (long sum, long closes) = _tallies.GetValueOrDefault(tallied.Account, (0, at.LogTime + 10_000));
            sum += (long)at.Settings;
            _tallies[tallied.Account] = (sum, closes);
            results.Remember(tallied.Account, $"{sum} {closes}");
            results.Set(
                $"binding:{tallied.Id}",
                $"{{\"sum\":{sum},\"recent\":{_recent.Count},\"time\":{e.Time},\"settings\":\"{at.Version}\"}}"
            );
            results.Count($"stats:binding:{tallied.Page}:{{{name}}}", "tallied", 1);
        }

        public void SettingsChanged(in Moment at, IResults results) =>
            results.Notify("operator", $"{{\"step\":{at.Settings},\"time\":{at.LogTime}}}");

        public void Elapse(in Moment at, IResults results)
        {
            long now = at.LogTime;
            foreach (
                string account in _tallies
                    .Where(tally => tally.Value.Closes <= now)
                    .Select(tally => tally.Key)
                    .ToArray()
            )
            {
                results.Notify(account, $"{{\"sum\":{_tallies[account].Sum},\"time\":{now}}}");
                results.Remember(account, null);
                _tallies.Remove(account);
            }
        }

        private void Recent(in Moment at)
        {
            long from = at.LogTime - 60_000;
            _recent.RemoveAll(time => time <= from);
            _recent.Add(at.LogTime);
        }
    }
}
