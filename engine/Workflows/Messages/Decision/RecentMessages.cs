using System.Globalization;
using System.Text.Json.Nodes;
using Engine.Workflows.Messages.Content;
using Engine.Workflows.Messages.Events;

namespace Engine.Workflows.Messages.Decision;

/// <summary>What is remembered of a message for those who handle it by hand.</summary>
/// <param name="Number">Counts the partition's messages from 0.</param>
/// <param name="People">Its sender, and the first of its recipients: whose rules hold for it.</param>
/// <param name="Traits">What rules may be suggested of, the most particular first.</param>
internal sealed record RecentMessage(long Number, string Id, IReadOnlyList<string> People, IReadOnlyList<Trait> Traits)
{
    private const int MaxPeople = 32,
        MaxHosts = 8;

    public static RecentMessage Of(long number, Message message, MessageContent content) =>
        new(
            number,
            message.Id!,
            [.. message.Recipients.Prepend(message.Sender).Distinct(StringComparer.Ordinal).Take(MaxPeople)],
            [
                new Trait(TraitKind.Sender, message.Sender),
                .. content
                    .Links.Select(link => link.Host)
                    .Distinct(StringComparer.Ordinal)
                    .Take(MaxHosts)
                    .Select(host => new Trait(TraitKind.Link, host)),
                .. message.Group == null ? Array.Empty<Trait>() : [new Trait(TraitKind.Group, message.Group)],
            ]
        );

    public static RecentMessage Parse(string value)
    {
        JsonNode json = JsonNode.Parse(value)!;
        return new RecentMessage(
            (long)json["number"]!,
            (string)json["message"]!,
            [.. json["people"]!.AsArray().Select(person => (string)person!)],
            [.. json["traits"]!.AsArray().Select(trait => Trait.Read((JsonObject)trait!))]
        );
    }

    public string ToJson() =>
        new JsonObject
        {
            ["number"] = Number,
            ["message"] = Id,
            ["people"] = new JsonArray([.. People.Select(person => JsonValue.Create(person))]),
            ["traits"] = new JsonArray([.. Traits.Select(trait => trait.ToJson())]),
        }.ToJsonString();
}

/// <summary>The last messages of a partition. Not thread-safe.</summary>
internal sealed class RecentMessages
{
    private const int Kept = 1_000;

    private readonly RecentMessage?[] _kept = new RecentMessage?[Kept];
    private readonly Dictionary<string, RecentMessage> _byId = new(StringComparer.Ordinal);

    /// <summary>The number of messages so far.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a message in place of the oldest. Returns the name of the place.</summary>
    public string Add(RecentMessage message)
    {
        int place = (int)(message.Number % Kept);
        if (_kept[place] is { } oldest && _byId.GetValueOrDefault(oldest.Id) == oldest)
        {
            _byId.Remove(oldest.Id);
        }

        _kept[place] = message;
        _byId[message.Id] = message;
        Count = Math.Max(Count, message.Number + 1);
        return place.ToString(CultureInfo.InvariantCulture);
    }

    public RecentMessage? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>How many a person's rules hold for, and how many of these have a trait.</summary>
    public (int All, int Matching) CountOf(string person, Trait trait)
    {
        int all = 0,
            matching = 0;
        foreach (RecentMessage? message in _kept)
        {
            if (message?.People.Contains(person) == true)
            {
                all++;
                matching += message.Traits.Contains(trait) ? 1 : 0;
            }
        }

        return (all, matching);
    }
}
