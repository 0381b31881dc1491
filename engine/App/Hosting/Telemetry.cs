using System.Diagnostics.Metrics;
using Engine.CommandLine;
using Engine.Contracts;
using Engine.Partitions.Diagnostics;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Consume.Labels;
using Engine.Workflows;
using Engine.Workflows.Module;
using Engine.Workflows.Runtime;
using Microsoft.Extensions.Logging.Console;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Engine.App.Hosting;

/// <summary>Serves metrics with OpenTelemetry to Prometheus, and exports metrics, traces and logs to the collector in
/// OTEL_EXPORTER_OTLP_ENDPOINT, if it is set. Declares all metric names and units.</summary>
internal static class Telemetry
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private static bool HasCollector => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Endpoint));

    public static ILoggerFactory Logs(CommandContext context) =>
        LoggerFactory.Create(builder =>
        {
            builder.SetMinimumLevel(LogLevel.Information);
            builder.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "HH:mm:ss ";
                console.ColorBehavior = LoggerColorBehavior.Disabled;
            });
            builder.Services.Configure<ConsoleLoggerOptions>(console =>
                console.LogToStandardErrorThreshold = LogLevel.Trace
            );
            if (HasCollector)
            {
                builder.AddOpenTelemetry(logs => logs.AddOtlpExporter());
            }
        });

    /// <summary>The engine's metrics. Disposing of them ends their export.</summary>
    public static EngineMetrics Metrics(EngineHost host)
    {
        var meter = new Meter("Engine");
        void Counter(string name, string about, Func<PartitionCounts, long> value) =>
            meter.CreateObservableCounter(name, () => value(host.Counts), "{record}", about);
        Counter("engine.verdicts", "clicks decided", counts => counts.Verdicts);
        Counter("engine.duplicates", "clicks with an id seen before", counts => counts.Duplicates);
        Counter("engine.paths.joined", "cursor paths that joined a click", counts => counts.PathsJoined);
        Counter("engine.paths.surplus", "cursor paths for a click that already had a path or a verdict", counts =>
            counts.PathsSurplus
        );
        Counter("engine.paths.unmatched", "cursor paths whose click wasn't in time", counts => counts.PathsUnmatched);
        Counter("engine.confirmations.used", "confirmations that updated a verdict", counts =>
            counts.ConfirmationsUsed
        );
        Counter("engine.confirmations.unused", "confirmations of clicks that don't await one", counts =>
            counts.ConfirmationsUnused
        );
        Counter("engine.keys.mismatched", "events whose key isn't their network", counts => counts.KeysMismatched);
        meter.CreateObservableCounter(
            "engine.dead_letters",
            () => ByReason(host.Counts),
            "{record}",
            "events that could not be used, by reason"
        );
        meter.CreateObservableCounter(
            "engine.verdicts.by_class",
            () => ByClass(host.Counts),
            "{click}",
            "clicks decided, by class"
        );
        meter.CreateObservableCounter(
            "engine.reasons",
            () => ByReasonCode(host.Counts.ByReason),
            "{click}",
            "clicks by reason in force"
        );
        meter.CreateObservableCounter(
            "engine.reasons.shadow",
            () => ByReasonCode(host.Counts.ByShadowReason),
            "{click}",
            "clicks by reason in shadow"
        );
        meter.CreateObservableGauge(
            "engine.lag",
            () => host.Lanes.Sum(lane => lane.Lag),
            "{record}",
            "records in the log that haven't been read yet"
        );
        meter.CreateObservableGauge(
            "engine.waiting",
            () => host.Lanes.Sum(lane => lane.WaitingClicks),
            "{click}",
            "clicks that wait for their paths"
        );
        meter.CreateObservableCounter(
            "engine.evictions",
            () => host.Lanes.Sum(lane => lane.Evictions),
            "{key}",
            "keys evicted at a limit"
        );
        meter.CreateObservableCounter(
            "engine.replays.dropped_early",
            () => host.Context.Replays.DroppedEarly,
            "{path}",
            "paths that the replay index evicted at its limit before they expired"
        );
        Counter("engine.paths.compared", "joined cursor paths with enough shape to be compared with others", counts =>
            counts.PathsCompared
        );
        meter.CreateObservableCounter(
            "engine.rules.shadow",
            () => ShadowRules(host),
            "{click}",
            "clicks on which a rule in shadow would have acted"
        );
        meter.CreateObservableGauge(
            "engine.settings.age",
            () => host.Settings.Age.TotalSeconds,
            "s",
            "time since the settings were last read to their end"
        );
        meter.CreateObservableCounter(
            "engine.signatures.unreadable",
            () => host.Context.Knowledge.Signatures.Unreadable,
            "{record}",
            "unreadable records of path-signatures"
        );
        void Flow(string name, string about, Func<WorkflowCounts, long> value) =>
            meter.CreateObservableCounter(
                name,
                () =>
                    host.Workflows.Counts.Select(flow => new Measurement<long>(
                        value(flow.Value),
                        new KeyValuePair<string, object?>("topic", flow.Key)
                    )),
                "{record}",
                about
            );
        Flow("engine.workflows.decided", "workflow events decided, by topic", flow => flow.Decided);
        Flow("engine.workflows.duplicates", "workflow events with an id seen before", flow => flow.Duplicates);
        Flow("engine.workflows.dead_letters", "workflow events that could not be used", flow => flow.DeadLetters);
        Flow("engine.workflows.keys.mismatched", "workflow events whose key doesn't match the event", flow =>
            flow.KeysMismatched
        );
        meter.CreateObservableCounter(
            "engine.workflows.shadow",
            () => ShadowedByWorkflows(host.Workflows),
            "{event}",
            "workflow events on which a rule in shadow would have acted, by topic and rule"
        );
        foreach (IWorkflow module in WorkflowModules.All)
        {
            meter.CreateObservableGauge(
                $"engine.{module.Topic}.due_unsent",
                () => DueUnsent(host.Workflows, module.Topic),
                "{result}",
                "results that are due by this machine's clock and not sent yet; none for topics without due times"
            );
        }

        LabelIntake labels = host.Context.Knowledge.Labels.Intake;
        meter.CreateObservableCounter(
            "engine.labels.read",
            () => labels.Read,
            "{record}",
            "records of labels read; every instance reads all of them"
        );
        meter.CreateObservableCounter(
            "engine.labels.replaced",
            () => labels.Replaced,
            "{record}",
            "labels that replaced an earlier label of the same click and source"
        );
        meter.CreateObservableCounter(
            "engine.labels.unplaced",
            () => labels.Unplaced,
            "{record}",
            "labels that named no publisher on arrival"
        );
        meter.CreateObservableCounter(
            "engine.labels.placed",
            () => labels.Placed,
            "{record}",
            "of those, labels counted later by the fields of their click"
        );
        meter.CreateObservableCounter(
            "engine.labels.clicks_refused",
            () => host.Context.LabelledClicks.Refused,
            "{click}",
            "labelled clicks that could not be read from the log"
        );
        meter.CreateObservableCounter(
            "engine.labels.dead_letters",
            () => labels.DeadLettered,
            "{record}",
            "labels that could not be used"
        );
        meter.CreateObservableGauge("engine.labels.keys", () => labels.Histories.Keys, "{key}", "keys with histories");
        meter.CreateObservableCounter(
            "engine.labels.keys_refused",
            () => labels.Histories.Refused,
            "{key}",
            "keys for which no label was counted because there were too many keys"
        );
        MeterProviderBuilder builder = Sdk.CreateMeterProviderBuilder()
            .AddMeter("Engine")
            .AddRuntimeInstrumentation()
            .AddPrometheusExporter();
        return HasCollector
            ? new EngineMetrics(
                builder.AddOtlpExporter().Build(),
                meter,
                Sdk.CreateTracerProviderBuilder().AddSource(Traces.Name).AddOtlpExporter().Build()
            )
            : new EngineMetrics(builder.Build(), meter, traces: null);
    }

    private static IEnumerable<Measurement<long>> ByReason(PartitionCounts counts) =>
        Enum.GetValues<DeadLetterReason>()
            .Where(reason => reason != DeadLetterReason.None)
            .Select(reason => new Measurement<long>(
                counts.DeadLetters[(int)reason],
                new KeyValuePair<string, object?>("reason", reason.Word())
            ));

    private static IEnumerable<Measurement<long>> ShadowRules(EngineHost host) =>
        host
            .Context.Timeline.Latest.Rules.Where(rule => rule.Shadow)
            .Select(rule => new Measurement<long>(
                rule.ShadowMatches,
                new KeyValuePair<string, object?>("rule", rule.Id)
            ));

    private static IEnumerable<Measurement<long>> ShadowedByWorkflows(WorkflowStatus status) =>
        status.Counts.SelectMany(flow =>
            flow.Value.Shadow.Select(rule => new Measurement<long>(
                rule.Value,
                new KeyValuePair<string, object?>("topic", flow.Key),
                new KeyValuePair<string, object?>("rule", rule.Key)
            ))
        );

    private static IEnumerable<Measurement<long>> DueUnsent(WorkflowStatus status, string topic) =>
        status.Counts.TryGetValue(topic, out WorkflowCounts? counts) && counts.DueUnsent is { } due
            ? [new Measurement<long>(due)]
            : [];

    private static IEnumerable<Measurement<long>> ByClass(PartitionCounts counts) =>
        Enum.GetValues<VerdictClass>()
            .Select(@class => new Measurement<long>(
                counts.ByClass[(int)@class],
                new KeyValuePair<string, object?>("class", @class.ToString().ToLowerInvariant())
            ));

    private static IEnumerable<Measurement<long>> ByReasonCode(long[] counts) =>
        Reasons.Table.Select(entry => new Measurement<long>(
            counts[(int)entry.Reason],
            new KeyValuePair<string, object?>("reason", entry.Code)
        ));
}

/// <summary>The engine's metrics and their export.</summary>
internal sealed class EngineMetrics(MeterProvider provider, Meter meter, TracerProvider? traces) : IDisposable
{
    public MeterProvider Provider => provider;

    public void Dispose()
    {
        traces?.Dispose();
        provider.Dispose();
        meter.Dispose();
    }
}
