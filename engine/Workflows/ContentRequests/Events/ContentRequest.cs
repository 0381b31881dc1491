using Engine.Contracts;
using Engine.Workflows.Module;

namespace Engine.Workflows.ContentRequests.Events;

/// <summary>A page or app of a sponsor requests a content item: the event <c>content-request</c>.</summary>
/// <param name="Request">The request's id.</param>
/// <param name="Resource">The address that the page or app states; null for none.</param>
/// <param name="Address">The client's address, or null.</param>
/// <param name="Unit">The ad unit: levels between slashes.</param>
/// <param name="Sizes">The requested sizes, at least one.</param>
/// <param name="Asked">The requested parameters, by name.</param>
/// <param name="Answered">The answer already given over HTTP, or null.</param>
public sealed record ContentRequest(
    string Request,
    string Sponsor,
    long Time,
    string? Resource,
    IpAddress? Address,
    string Unit,
    AdSize[] Sizes,
    KeyValuePair<string, string>[] Asked,
    ContentAnswer? Answered
) : WorkflowEvent(EventType, Request, Sponsor, Time)
{
    public const string EventType = "content-request";

    /// <summary>The header that carries the answer of the HTTP endpoint.</summary>
    public const string DecisionHeader = "engine.decision";

    /// <summary>Reads an event. Returns null if the reader failed.</summary>
    public static ContentRequest? Read(EventReader reader)
    {
        string id = reader.Id(),
            sponsor = reader.Text("sponsor");
        AdSize[] sizes = AdSize.ReadList(reader.List("sizes"), out string problem, out _)
            ?? throw new InvalidOperationException($"sizes passed the schema but can't be read: {problem}");
        ContentAnswer? answered = ReadAnswer(reader, id, sponsor);
        return reader.IsGood
            ? new ContentRequest(
                id,
                sponsor,
                reader.Time(),
                reader.OptionalText("resource"),
                reader.OptionalAddress("ip"),
                reader.Text("unit"),
                sizes,
                Parameters.Of(reader.Entries("parameters")),
                answered
            )
            : null;
    }

    private static ContentAnswer? ReadAnswer(EventReader reader, string id, string sponsor)
    {
        if (!reader.IsGood || reader.Header(DecisionHeader) is not { } json)
        {
            return null;
        }

        if (ContentAnswer.Parse(json) is { } answer && answer.Request == id && answer.Sponsor == sponsor)
        {
            return answer;
        }

        reader.Fail(DeadLetterReason.Malformed, $"the header {DecisionHeader} isn't an answer to this request");
        return null;
    }
}
