using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Engine.Workflows.Messages.Decision;

/// <summary>What a person did by hand: the same with messages that have something in common.</summary>
/// <param name="Action">The action, as a rule has it: <c>{"hold":true}</c>.</param>
/// <param name="Acts">When and with which message, the latest last.</param>
internal sealed record Habit(Trait Trait, string Action, IReadOnlyList<(long Time, string Message)> Acts)
{
    /// <summary>So many acts suggest a rule.</summary>
    public const int Suggests = 5;

    /// <summary>Acts that are told with a suggestion.</summary>
    private const int MaxActs = 20;

    /// <summary>The suggestion's id, which is the accepted rule's.</summary>
    public string Id =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Trait.When}\n{Action}")))[..16];

    public Habit Again(long time, string message, long from) =>
        this with
        {
            Acts =
            [
                .. Acts.Where(act => act.Time > from && act.Message != message).TakeLast(MaxActs - 1),
                (time, message),
            ],
        };
}

/// <summary>The habits of a person in one partition. Not thread-safe.</summary>
internal sealed class Habits
{
    /// <summary>How long an act counts, ms.</summary>
    public const long CountsMs = 7 * 86_400_000L;

    /// <summary>Of more, those that are longest ago are forgotten.</summary>
    private const int MaxHabits = 100;

    private readonly List<Habit> _habits = [];

    /// <summary>When the latest act was, log time, ms.</summary>
    public long Last => _habits.Count == 0 ? 0 : _habits.Max(habit => habit.Acts[^1].Time);

    /// <summary>Counts an act. Returns the habit that suggests a rule: of several the one whose trait is most
    /// particular; null if none does.</summary>
    public Habit? Count(RecentMessage message, string action, long logTime)
    {
        long from = logTime - CountsMs;
        Habit? suggests = null;
        foreach (Trait trait in message.Traits)
        {
            int at = _habits.FindIndex(one => one.Trait == trait && one.Action == action);
            Habit habit = (at < 0 ? new Habit(trait, action, []) : _habits[at]).Again(logTime, message.Id, from);
            if (at >= 0)
            {
                _habits.RemoveAt(at);
            }

            _habits.Add(habit);
            suggests ??= habit.Acts.Count >= Habit.Suggests ? habit : null;
        }

        _habits.RemoveAll(habit => habit.Acts[^1].Time <= from);
        _habits.RemoveRange(0, Math.Max(0, _habits.Count - MaxHabits));
        return suggests;
    }

    public string ToJson() =>
        new JsonArray([
            .. _habits.Select(habit => new JsonObject
            {
                ["trait"] = habit.Trait.ToJson(),
                ["action"] = habit.Action,
                ["acts"] = new JsonArray([.. habit.Acts.Select(act => new JsonArray(act.Time, act.Message))]),
            }),
        ]).ToJsonString();

    public static Habits Parse(string value)
    {
        var habits = new Habits();
        habits._habits.AddRange(
            JsonNode
                .Parse(value)!
                .AsArray()
                .Select(habit => new Habit(
                    Trait.Read((JsonObject)habit!["trait"]!),
                    (string)habit["action"]!,
                    [.. habit["acts"]!.AsArray().Select(act => ((long)act![0]!, (string)act[1]!))]
                ))
        );
        return habits;
    }
}
