using System.Text.Json;
using Engine.Workflows.Priority;
using Engine.Workflows.Priority.Decision;

namespace Workflows.Tests.Priority;

/// <summary>
/// A partition of <c>processes</c> in memory, with the contract's example as the process <c>p</c> unless told
/// otherwise.
/// </summary>
internal sealed class ProcessLog
{
    public const string Example = """
        {"levels":[1,3,5,8,10],"default":3,"attributes":{"lost_micros":"integer","invalid_share":"number","tier":"text"},"directives":[
         {"id":"tier","table":{"attribute":"tier","levels":{"gold":8,"silver":5}}},{"id":"big","rule":{"when":"context.lost_micros > 50000000","level":10}},
         {"id":"share","algorithm":"2.0 + 6.0 * context.invalid_share"}],"hold_off_ms":1000,"lower_after_ms":5000,"ageing_s":60,"lease_s":300,"shares":{"10":0.5,"8":0.3}}
        """;

    public ProcessLog(string definition = Example) =>
        Run = new DeciderRun(new PriorityWorkflow(), new PriorityDecider(), ("process/p", definition));

    public ProcessLog(params (string Key, string Json)[] settings) =>
        Run = new DeciderRun(new PriorityWorkflow(), new PriorityDecider(), settings);

    public DeciderRun Run { get; }

    /// <summary>What is called after each record; a takeover, for one.</summary>
    public Action<DeciderRun>? Between { get; init; }

    /// <summary>Log time since the log's beginning, ms.</summary>
    public long Clock => Run.Now - DeciderRun.Start;

    public ProcessLog At(long ms)
    {
        Run.Now = DeciderRun.Start + ms;
        return this;
    }

    public ProcessLog Started(string instance = "i", string context = "{}", string process = "p", long? time = null) =>
        Send("started", instance, process, time, ",\"context\":" + context);

    public ProcessLog Context(string context, string instance = "i", string process = "p") =>
        Send("context", instance, process, null, ",\"context\":" + context);

    public ProcessLog Taken(string worker = "w-1", string instance = "i", string process = "p") =>
        Send("taken", instance, process, null, $",\"worker\":\"{worker}\"");

    public ProcessLog Finished(string instance = "i", string process = "p") =>
        Send("finished", instance, process, null, "");

    /// <summary>Log time moves just past a moment, by a tick.</summary>
    public ProcessLog Past(long ms)
    {
        At(ms + 1).Run.Send("""{"type":"tick"}""");
        Between?.Invoke(Run);
        return this;
    }

    public ProcessLog Json(string json, string key = "i", params (string Name, string Value)[] headers)
    {
        Run.Send(json, key, headers);
        Between?.Invoke(Run);
        return this;
    }

    /// <summary>The record of an instance; throws where there is none.</summary>
    public JsonElement Record(string instance = "i", string process = "p") =>
        JsonDocument.Parse(Run.Values[PriorityKeys.Record(process, instance)]).RootElement;

    public int Level(string instance = "i", string process = "p") =>
        Record(instance, process).GetProperty("level").GetInt32();

    public string State(string instance = "i", string process = "p") =>
        Record(instance, process).GetProperty("state").GetString()!;

    public string Directive(string instance = "i") => Record(instance).GetProperty("directive").GetString()!;

    /// <summary>The queue of a process, highest first; empty where there is none.</summary>
    public IReadOnlyDictionary<string, double> Queue(string process = "p") =>
        Run.Sets.GetValueOrDefault(PriorityKeys.Queue(process), []);

    /// <summary>Takes the highest from the queue, as ZPOPMAX does.</summary>
    public string Pop(string process = "p")
    {
        Dictionary<string, double> queue = Run.Sets[PriorityKeys.Queue(process)];
        string first = queue
            .OrderByDescending(entry => entry.Value)
            .ThenByDescending(entry => entry.Key, StringComparer.Ordinal)
            .First()
            .Key;
        queue.Remove(first);
        return first;
    }

    /// <summary>
    /// The levels that were published of an instance, with log times from the log's beginning, in order.
    /// </summary>
    public IReadOnlyList<string> Said(string instance = "i") =>
        [
            .. Run
                .Published.Where(said => said.Channel == "priority")
                .Select(said => JsonDocument.Parse(said.Json).RootElement)
                .Where(record => record.GetProperty("instance").GetString() == instance)
                .Select(record => $"{record.GetProperty("state")} {record.GetProperty("level")}"),
        ];

    private ProcessLog Send(string what, string instance, string process, long? time, string more) =>
        Json(
            $"{{\"type\":\"process-{what}\",\"process\":\"{process}\",\"instance\":\"{instance}\""
                + $",\"time\":{time ?? Run.Now}{more}}}",
            instance
        );
}
