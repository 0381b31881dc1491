using System.Globalization;
using Engine.Conditions;
using Engine.Workflows.Module;
using Engine.Workflows.Priority.Settings;

namespace Engine.Workflows.Priority.Decision;

/// <summary>The place of an instance among those of its level.</summary>
/// <param name="Key">The value of the attribute that takes turns; empty if the instance doesn't have it.</param>
/// <param name="Level">The level at which it was placed.</param>
/// <param name="Round">In each round every value is served once.</param>
/// <param name="Place">The place within the round, 0 to 999; higher ones go first, so newcomers do.</param>
public readonly record struct FairTurn(string Key, int Level, long Round, int Place)
{
    /// <summary>The number of places in a round that scores tell apart.</summary>
    public const int Places = 1_000;

    /// <summary>What a queue orders by within the level: the smaller, the earlier.</summary>
    public long Order => (Round + 1) * Places - 1 - Place;
}

/// <summary>Gives the waiting instances of a level turns by the value of an attribute (<c>fair_by</c>), so that one
/// with thousands of instances doesn't keep another's waiting: start-time fair queueing (Goyal, Vin, Cheng, 1996) with
/// a cost of 1 for each instance. An instance's round is one after the last of its value that waits, and after the
/// last that was served. Depends only on the log, as all of an instance's memory does. One per partition; partitions
/// share a queue, and advance together as workers take from it.</summary>
internal sealed class FairTurns
{
    /// <summary>Begins the fields of the memory that hold the last round served of a process's level. No instance's
    /// field begins so: no process has a space in its name.</summary>
    private const string Field = " turn ";

    private readonly Dictionary<(string Process, int Level), Queue> _queues = [];

    /// <summary>Restores a field of the memory; false if it is something else.</summary>
    public bool Restore(string field, string value)
    {
        if (!field.StartsWith(Field, StringComparison.Ordinal))
        {
            return false;
        }

        string[] names = field[Field.Length..].Split(' ');
        QueueOf(names[0], int.Parse(names[1], CultureInfo.InvariantCulture)).Served = long.Parse(
            value,
            CultureInfo.InvariantCulture
        );
        return true;
    }

    /// <summary>Restores an instance that waits.</summary>
    public void Restore(ProcessInstance instance)
    {
        if (instance is { State: InstanceState.Waiting, Turn: { } turn })
        {
            QueueOf(instance.Process, turn.Level).Add(turn);
        }
    }

    /// <summary>Gives an instance its turn after anything about it has changed.</summary>
    public void Place(ProcessInstance instance, ProcessDefinition definition, IResults results)
    {
        string? key = definition.FairBy is { } attribute ? KeyOf(instance.Attribute(attribute)) : null;
        FairTurn? before = instance.Turn;
        bool stays = before is { } turn && turn.Key == key && turn.Level == instance.Level;
        if (before is { } left && (!stays || instance.State != InstanceState.Waiting))
        {
            Leave(instance, left, results);
        }

        if (!stays)
        {
            instance.Turn = null;
        }

        if (key == null || instance.State != InstanceState.Waiting)
        {
            return;
        }

        Queue queue = QueueOf(instance.Process, instance.Level);
        instance.Turn ??= queue.Next(key, instance.Level);
        queue.Add(instance.Turn.Value);
    }

    /// <summary>Takes an instance out. If a worker has taken it, its round is served.</summary>
    private void Leave(ProcessInstance instance, FairTurn turn, IResults results)
    {
        if (!_queues.TryGetValue((instance.Process, turn.Level), out Queue? queue) || !queue.Remove(turn))
        {
            return;
        }

        if (instance.State == InstanceState.Taken && turn.Round > queue.Served)
        {
            queue.Served = turn.Round;
            results.Remember(
                string.Create(CultureInfo.InvariantCulture, $"{Field}{instance.Process} {turn.Level}"),
                turn.Round.ToString(CultureInfo.InvariantCulture)
            );
        }
    }

    private Queue QueueOf(string process, int level)
    {
        if (!_queues.TryGetValue((process, level), out Queue? queue))
        {
            _queues[(process, level)] = queue = new Queue();
        }

        return queue;
    }

    private static string KeyOf(CelValue? value) =>
        value switch
        {
            null => "",
            { Kind: CelKind.Int } whole => whole.AsInt.ToString(CultureInfo.InvariantCulture),
            { Kind: CelKind.Double } number => number.AsDouble.ToString("R", CultureInfo.InvariantCulture),
            { Kind: CelKind.Bool } truth => truth.AsBool ? "true" : "false",
            var text => text.Value.AsString,
        };

    /// <summary>The instances that wait at one level of a process, by value and round.</summary>
    private sealed class Queue
    {
        private readonly Dictionary<string, SortedSet<(long Round, int Place)>> _byKey = new(StringComparer.Ordinal);

        /// <summary>The last round of which one was served.</summary>
        public long Served { get; set; }

        public int Count { get; private set; }

        public FairTurn Next(string key, int level)
        {
            long last = _byKey.TryGetValue(key, out SortedSet<(long Round, int)>? of) ? of.Max.Round : 0;
            return new FairTurn(key, level, Math.Max(Served, last) + 1, Math.Min(Count, FairTurn.Places - 1));
        }

        /// <summary>Adds a turn, if it isn't there.</summary>
        public void Add(FairTurn turn)
        {
            if (!_byKey.TryGetValue(turn.Key, out SortedSet<(long, int)>? of))
            {
                _byKey[turn.Key] = of = [];
            }

            Count += of.Add((turn.Round, turn.Place)) ? 1 : 0;
        }

        public bool Remove(FairTurn turn)
        {
            if (!_byKey.TryGetValue(turn.Key, out SortedSet<(long, int)>? of) || !of.Remove((turn.Round, turn.Place)))
            {
                return false;
            }

            if (of.Count == 0)
            {
                _byKey.Remove(turn.Key);
            }

            Count--;
            return true;
        }
    }
}
