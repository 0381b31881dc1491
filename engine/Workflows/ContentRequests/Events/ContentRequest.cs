using Engine.Contracts;
using Engine.Workflows.Module;

namespace Engine.Workflows.ContentRequests.Events;

/// <summary>A page or app of a sponsor asks for a content item: the event <c>content-request</c>.</summary>
/// <param name="Request">Its id.</param>
/// <param name="Resource">The page's or app's address, as it says; null where it says none.</param>
/// <param name="Address">The client's, or null.</param>
/// <param name="Unit">Levels between slashes.</param>
/// <param name="Sizes">As asked for, at least one.</param>
/// <param name="Asked">The parameters, by name.</param>
/// <param name="Answered">The answer that HTTP gave already, or null.</param>
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

    /// <summary>Reads an event; null where the reader was failed.</summary>
    public static ContentRequest? Read(EventReader reader)
    {
        string id = reader.Id(),
            sponsor = reader.Text("sponsor");
        AdSize[] sizes = AdSize.ReadList(reader.List("sizes"), out string problem, out _)
            ?? throw new InvalidOperationException($"sizes that the schema takes: {problem}");
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

        reader.Fail(DeadLetterReason.Malformed, $"the header {DecisionHeader} is no answer to this request");
        return null;
    }
}
