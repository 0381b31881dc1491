using System.Globalization;
using System.Text.Json.Nodes;
using Engine.Contracts;
using Engine.Workflows.Module.Traffic;

namespace Engine.Workflows.Messages.Traffic;

/// <summary>Chat among the people of an advertising network: most of it plain, some with more links than the sample
/// rules allow or with a card number, some written by programs. One person holds messages with links to a promotion by
/// hand, again and again, until a rule is suggested. A seed fixes who writes what.</summary>
public sealed class MessageTraffic : ISampleTraffic
{
    /// <summary>Who handles messages by hand.</summary>
    internal const string Moderator = "p-2";

    internal const string Plain = "message",
        Links = "message.links",
        Card = "message.card",
        Program = "message.automatic",
        Promotion = "message.promotion",
        ByHand = "message.handled";

    /// <summary>A separate stream of random numbers.</summary>
    private const ulong Stream = 0x3E5_5A6E;

    private const int People = 30,
        Conversations = 20;

    /// <summary>The conversation with the promotion: what people do by hand counts by partition.</summary>
    private const string Promoted = "c-promotion";

    private static readonly string[] Texts =
    [
        "The new campaign is live. Thanks, everyone!",
        "Could you look at the clicks of last night? The refund is due tomorrow.",
        "The report of November is at https://reports.example/november",
        "¿Podemos hablar mañana sobre el presupuesto?",
        "Die Rechnung über 1.200 EUR ist bezahlt.",
        "Publisher pub-7 asks why its traffic dropped after the weekend.",
    ];

    public string Option => "messages";

    public string Description => "number of chat messages to add, with some that are handled by hand";

    public int DemoCount(int clicks) => 300;

    public IEnumerable<SampleEvent> Play(TrafficRequest request)
    {
        var dice = new Dice(request.Seed, Stream);
        string? toHandle = null;
        for (int i = 0; i < request.Count; i++)
        {
            long time = request.StartMs + (request.EndMs - request.StartMs) * i / request.Count;
            string id = string.Create(CultureInfo.InvariantCulture, $"m-{request.Seed:x}-{i}");
            if (toHandle != null)
            {
                yield return Event("message-handled", id, Promoted, time, ByHand, Hold(toHandle));
                toHandle = null;
                continue;
            }

            string actor = Draw(dice),
                conversation = actor == Promotion ? Promoted : $"c-{dice.Whole(1, Conversations + 1)}";
            toHandle = actor == Promotion ? id : null;
            yield return Event("message", id, conversation, time, actor, Written(dice, actor));
        }
    }

    private static string Draw(Dice dice)
    {
        double at = dice.Unit();
        return at < 0.75 ? Plain
            : at < 0.81 ? Links
            : at < 0.86 ? Card
            : at < 0.93 ? Program
            : Promotion;
    }

    private static JsonObject Written(Dice dice, string actor) =>
        new()
        {
            ["sender"] = $"p-{dice.Whole(1, People + 1)}",
            ["recipients"] = new JsonArray(actor == Promotion ? Moderator : $"p-{dice.Whole(1, People + 1)}"),
            ["text"] = actor switch
            {
                Links => "Compare https://a.example, https://b.example and https://c.example",
                Card => "Please charge it to 4111 1111 1111 1111",
                Program => "Reminder: the budget of campaign cmp-1 is used up at 80 %.",
                Promotion => "Cheap clicks at https://promo.example/today",
                _ => dice.Pick(Texts),
            },
            ["automatic"] = actor == Program,
        };

    private static JsonObject Hold(string message) =>
        new()
        {
            ["message"] = message,
            ["by"] = Moderator,
            ["action"] = new JsonObject { ["hold"] = true },
        };

    private static SampleEvent Event(
        string type,
        string id,
        string conversation,
        long time,
        string actor,
        JsonObject more
    ) => SampleEvent.OfWorkflow(type, id, time, Topics.Messages, "conversation", conversation, actor, more);
}
