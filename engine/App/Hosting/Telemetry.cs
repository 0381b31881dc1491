using System.Diagnostics.Metrics;
using Engine.CommandLine;
using Engine.Contracts;
using Engine.Partitions.Diagnostics;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Consume.Labels;
using Engine.Workflows.Runtime;
using Microsoft.Extensions.Logging.Console;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Engine.App.Hosting;

/// <summary>
/// Metrics, traces and logs the OpenTelemetry way: to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names, where it is
/// set. Metric names and units are declared here, in one place.
/// </summary>
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

    public static IDisposable Metrics(EngineHost host)
    {
        var meter = new Meter("Engine");
        void Counter(string name, string about, Func<PartitionCounts, long> value) =>
            meter.CreateObservableCounter(name, () => value(host.Counts), "{record}", about);
        Counter("engine.verdicts", "clicks decided", counts => counts.Verdicts);
        Counter("engine.duplicates", "clicks with an id seen before", counts => counts.Duplicates);
        Counter("engine.paths.joined", "cursor paths that joined a click", counts => counts.PathsJoined);
        Counter(
            "engine.paths.surplus",
            "cursor paths that came in time for a click that had one, or was decided",
            counts => counts.PathsSurplus
        );
        Counter("engine.paths.unmatched", "cursor paths without a click in time", counts => counts.PathsUnmatched);
        Counter("engine.confirmations.used", "confirmations that wrote a verdict again", counts =>
            counts.ConfirmationsUsed
        );
        Counter("engine.confirmations.unused", "confirmations of no click that waits for one", counts =>
            counts.ConfirmationsUnused
        );
        Counter("engine.keys.mismatched", "events whose key isn't their own network's", counts =>
            counts.KeysMismatched
        );
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
            "clicks by reason that acted"
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
            "records in the log that are not read yet"
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
            "keys forgotten at a bound"
        );
        meter.CreateObservableCounter(
            "engine.replays.dropped_early",
            () => host.Context.Replays.DroppedEarly,
            "{path}",
            "paths that the replay index forgot at its bound before they expired"
        );
        Counter(
            "engine.paths.compared",
            "cursor paths with shape enough to be compared with others, of those that joined",
            counts => counts.PathsCompared
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
            "since settings were last read to their end"
        );
        meter.CreateObservableCounter(
            "engine.signatures.unreadable",
            () => host.Context.Signatures.Unreadable,
            "{record}",
            "records of path-signatures that are none"
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
        Flow("engine.workflows.decided", "events of workflows decided, by topic", flow => flow.Decided);
        Flow("engine.workflows.duplicates", "events of workflows with an id seen before", flow => flow.Duplicates);
        Flow("engine.workflows.dead_letters", "events of workflows that could not be used", flow => flow.DeadLetters);
        Flow("engine.workflows.keys.mismatched", "events of workflows whose key isn't their own", flow =>
            flow.KeysMismatched
        );
        meter.CreateObservableCounter(
            "engine.workflows.shadow",
            () => ShadowedByWorkflows(host.Workflows),
            "{event}",
            "events of workflows on which a rule in shadow would have acted, by topic and rule"
        );
        LabelIntake labels = host.Context.Labels.Intake;
        meter.CreateObservableCounter(
            "engine.labels.read",
            () => labels.Read,
            "{record}",
            "records of labels read, by every instance in full"
        );
        meter.CreateObservableCounter(
            "engine.labels.replaced",
            () => labels.Replaced,
            "{record}",
            "labels that took the place of an earlier one of the same click and source"
        );
        meter.CreateObservableCounter(
            "engine.labels.unplaced",
            () => labels.Unplaced,
            "{record}",
            "labels that named no publisher when they came"
        );
        meter.CreateObservableCounter(
            "engine.labels.placed",
            () => labels.Placed,
            "{record}",
            "of these, labels counted by the fields of their click"
        );
        meter.CreateObservableCounter(
            "engine.labels.clicks_refused",
            () => host.Context.LabelledClicks.Refused,
            "{click}",
            "labelled clicks that could not be read again"
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
            "keys that a label couldn't be counted for, because there were too many"
        );
        if (!HasCollector)
        {
            return meter;
        }

        MeterProvider provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter("Engine")
            .AddRuntimeInstrumentation()
            .AddOtlpExporter()
            .Build();
        TracerProvider traces = Sdk.CreateTracerProviderBuilder().AddSource(Traces.Name).AddOtlpExporter().Build();
        return new All(traces, provider, meter);
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

    private sealed class All(params IDisposable[] parts) : IDisposable
    {
        public void Dispose()
        {
            foreach (IDisposable part in parts)
            {
                part.Dispose();
            }
        }
    }
}
