using System.Text.Json;
using Engine.Conditions;
using Engine.Workflows.Module;
using Engine.Workflows.Priority.Settings;

namespace Engine.Workflows.Priority.Decision;

/// <summary>The complete state of an instance, kept as JSON beyond the process.</summary>
public sealed record InstanceMemory
{
    public required IReadOnlyDictionary<string, CelValue> Context { get; init; }
    public required long Start { get; init; }
    public required int Level { get; init; }
    public required int Base { get; init; }
    public required int Aged { get; init; }
    public required string Directive { get; init; }
    public required InstanceState State { get; init; }
    public required long Since { get; init; }
    public required int Changes { get; init; }

    /// <summary>The log time at which its level last changed, ms.</summary>
    public required long LastChange { get; init; }

    /// <summary>The level that its context requests.</summary>
    public required Request Request { get; init; }

    public required IReadOnlyList<LowerRequests.Held> Lower { get; init; }
    public required WaitingTime Waiting { get; init; }

    /// <summary>The worker while it is taken; otherwise null.</summary>
    public string? Worker { get; init; }

    /// <summary>The log time at which a taken instance waits again, ms.</summary>
    public long LeaseEnd { get; init; }

    public required long Due { get; init; }

    /// <summary>The level that a person has set, while it holds.</summary>
    public int? Overridden { get; init; }

    /// <summary>Its turn, where instances take turns.</summary>
    public FairTurn? Turn { get; init; }

    public string ToJson() =>
        InstanceJson.Text(json =>
        {
            json.WriteStartObject("context");
            foreach ((string name, CelValue value) in Context)
            {
                ContextValues.Write(json, name, value);
            }

            json.WriteEndObject();
            json.WriteNumber("start", Start);
            InstanceJson.WriteStanding(json, Level, Base, Aged, Directive, State, Since, Changes);
            json.WriteNumber("last_change", LastChange);
            json.WriteNumber("requested", Request.Level);
            json.WriteString("requested_by", Request.Directive);
            json.WriteStartArray("lower");
            foreach (LowerRequests.Held held in Lower)
            {
                json.WriteStartObject();
                json.WriteNumber("level", held.Level);
                json.WriteString("directive", held.Directive);
                json.WriteNumber("since", held.Since);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteNumber("ageing_ms", Waiting.AgeingMs);
            json.WriteNumber("steps", Waiting.Steps);
            json.WriteNumber("waited_ms", Waiting.WaitedMs);
            json.WriteNumber("counted_to", Waiting.CountedTo);
            InstanceJson.WriteLease(json, State, Worker, LeaseEnd);
            json.WriteNumber("due", Due);
            if (Overridden is { } level)
            {
                json.WriteNumber("overridden", level);
            }

            if (Turn is { } turn)
            {
                json.WriteString("turn_key", turn.Key);
                json.WriteNumber("turn_level", turn.Level);
                json.WriteNumber("turn_round", turn.Round);
                json.WriteNumber("turn_place", turn.Place);
            }
        });

    /// <summary>Reads the output of <see cref="ToJson"/>.</summary>
    public static InstanceMemory Read(JsonElement memory)
    {
        InstanceState state = InstanceJson.StateOf(Word("state"));
        bool taken = state == InstanceState.Taken;
        return new InstanceMemory
        {
            Context = memory
                .GetProperty("context")
                .EnumerateObject()
                .ToDictionary(property => property.Name, property => ScalarValue.Of(property.Value)!.Value),
            Start = Whole("start"),
            Level = (int)Whole("level"),
            Base = (int)Whole("base"),
            Aged = (int)Whole("aged"),
            Directive = Word("directive"),
            State = state,
            Since = Whole("since"),
            Changes = (int)Whole("changes"),
            LastChange = Whole("last_change"),
            Request = new Request((int)Whole("requested"), Word("requested_by")),
            Lower =
            [
                .. memory
                    .GetProperty("lower")
                    .EnumerateArray()
                    .Select(held => new LowerRequests.Held(
                        held.GetProperty("level").GetInt32(),
                        held.GetProperty("directive").GetString()!,
                        held.GetProperty("since").GetInt64()
                    )),
            ],
            Waiting = new WaitingTime(Whole("ageing_ms"), Whole("steps"), Whole("waited_ms"), Whole("counted_to")),
            Worker = taken ? Word("worker") : null,
            LeaseEnd = taken ? Whole("lease_until") : 0,
            Due = Whole("due"),
            Overridden = memory.TryGetProperty("overridden", out JsonElement level) ? level.GetInt32() : null,
            Turn = memory.TryGetProperty("turn_key", out JsonElement key)
                ? new FairTurn(
                    key.GetString()!,
                    (int)Whole("turn_level"),
                    Whole("turn_round"),
                    (int)Whole("turn_place")
                )
                : null,
        };

        long Whole(string field) => memory.GetProperty(field).GetInt64();
        string Word(string field) => memory.GetProperty(field).GetString()!;
    }
}
