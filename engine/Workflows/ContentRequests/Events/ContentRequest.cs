using Engine.Contracts;
using Engine.Workflows.ContentRequests.Settings;
using Engine.Workflows.Module;
using Engine.Workflows.Priority.Settings;

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

    /// <summary>The header that carries the answer of the HTTP end.</summary>
    public const string DecisionHeader = "engine.decision";

    /// <summary>Reads an event; null where the reader was failed.</summary>
    public static ContentRequest? Read(EventReader reader)
    {
        string id = reader.Id();
        long time = reader.Time();
        string sponsor = reader.Identifier("sponsor"),
            unit = reader.Identifier("unit");
        AdSize[] sizes = ReadSizes(reader);
        string? resource = reader.OptionalText("resource", EventLimits.MaxValueBytes);
        IpAddress? address = reader.OptionalAddress("ip");
        reader.OptionalText("ua", EventLimits.MaxValueBytes);
        KeyValuePair<string, string>[] asked = ReadParameters(reader);
        ContentAnswer? answered = ReadAnswer(reader, id, sponsor);
        return reader.IsGood
            ? new ContentRequest(id, sponsor, time, resource, address, unit, sizes, asked, answered)
            : null;
    }

    private static AdSize[] ReadSizes(EventReader reader)
    {
        if (reader.List("sizes", required: true) is not { } list)
        {
            return [];
        }

        if (AdSize.ReadList(list, out string problem, out bool isType) is { } sizes)
        {
            return sizes;
        }

        reader.Fail(isType ? DeadLetterReason.WrongType : DeadLetterReason.OutOfRange, $"sizes: {problem}");
        return [];
    }

    private static KeyValuePair<string, string>[] ReadParameters(EventReader reader)
    {
        if (reader.Map("parameters") is not { } map)
        {
            return [];
        }

        try
        {
            if (Parameters.Read(map, out string problem, out bool isType) is { } parameters)
            {
                return parameters;
            }

            reader.Fail(isType ? DeadLetterReason.WrongType : DeadLetterReason.OutOfRange, $"parameters: {problem}");
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, in a name or in a value.
            reader.Fail(DeadLetterReason.Malformed, "parameters");
        }
        return [];
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
