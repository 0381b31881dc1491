using System.Text.Json;
using Engine.Workflows.ContentRequests.Events;
using Engine.Workflows.ContentRequests.Settings;

namespace Engine.Workflows.ContentRequests.Decision;

/// <summary>A recurring type of invalid requests, as shown to its sponsor.</summary>
/// <param name="Hash">What the type is known by.</param>
/// <param name="Counts">What was counted of it, over all partitions.</param>
/// <param name="Answer">What its requests are answered by now.</param>
public sealed record Suggestion(string Hash, RequestType Counts, ContentAnswer Answer)
{
    /// <summary>What each partition counted, added up, by hash.</summary>
    /// <param name="counted">The fields of the sponsor's hashes in Redis.</param>
    public static Dictionary<string, RequestType> Sum(IEnumerable<KeyValuePair<string, string>> counted)
    {
        var sum = new Dictionary<string, RequestType>(StringComparer.Ordinal);
        foreach ((string hash, string json) in counted)
        {
            if (RequestType.Parse(json) is not { } type)
            {
                continue;
            }

            if (sum.TryGetValue(hash, out RequestType? before))
            {
                before.Add(type);
            }
            else
            {
                sum[hash] = type;
            }
        }
        return sum;
    }

    /// <summary>
    /// Those that recur, the most frequent first. Types that would be answered in another way now (since they were
    /// accepted, or a definition changed) are suggestions no more.
    /// </summary>
    /// <param name="logTime">Log time, ms: the week that counts lies before it.</param>
    public static List<Suggestion> Recurring(Dictionary<string, RequestType> counted, Sponsor sponsor, long logTime) =>
        [
            .. counted
                .Where(type => type.Value.RecursAt(logTime))
                .Select(type => new Suggestion(type.Key, type.Value, AnswerOf(sponsor, type.Value)))
                .Where(suggestion => suggestion.Answer.Validity == suggestion.Counts.Validity)
                .OrderByDescending(suggestion => suggestion.Counts.Requests)
                .ThenBy(suggestion => suggestion.Hash, StringComparer.Ordinal),
        ];

    /// <summary>What a request of a type is answered by a sponsor's definitions.</summary>
    public static ContentAnswer AnswerOf(Sponsor sponsor, RequestType type) =>
        ContentJudge.Conforming(
            sponsor,
            type.Example.Request,
            type.Unit,
            type.Sizes,
            type.Asked,
            type.Example.Time,
            ""
        );

    /// <summary>As <c>GET /v1/sponsors/&lt;id&gt;/suggestions</c> lists it.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, Hash);
        Counts.WriteFields(json, Answer.Definition);
        json.WriteEndObject();
    }
}

/// <summary>What accepting types makes, and what it changes.</summary>
public static class Acceptance
{
    /// <summary>
    /// Accepted definitions come after a sponsor's own among equals: a valid request goes on being answered as it was.
    /// </summary>
    private const char Last = '~';

    /// <summary>
    /// The definition that accepts a type: its unit, its sizes, its parameters, and the item that its requests were
    /// answered with. The same type accepted twice gives the same id, so accepting twice makes one; accepted again
    /// after it was undone it gives a new one.
    /// </summary>
    /// <param name="before">The sponsor's acceptances so far, those undone too.</param>
    /// <param name="item">What to show.</param>
    public static DefinitionSetting Of(
        string sponsor,
        string hash,
        RequestType type,
        string item,
        string by,
        long time,
        IEnumerable<DefinitionSetting> before
    )
    {
        int undone = before.Count(definition => definition.Accepted!.Type == hash && definition.Undone != null);
        var allowed = type.Asked.ToDictionary(
            parameter => parameter.Key,
            parameter => new[] { parameter.Value },
            StringComparer.Ordinal
        );
        return new DefinitionSetting(
            sponsor,
            $"{Last}{hash[..16]}{(undone == 0 ? "" : $"-{undone + 1}")}",
            type.Unit,
            type.Sizes,
            allowed,
            item,
            new AcceptedType(hash, by, time),
            null
        );
    }

    /// <summary>What would change if definitions were added: each type whose answer would be another one.</summary>
    public static List<AcceptanceChange> Preview(
        Sponsor sponsor,
        IEnumerable<DefinitionSetting> added,
        Dictionary<string, RequestType> counted,
        long logTime
    )
    {
        var then = new Sponsor(sponsor.Setting, sponsor.Definitions.Concat(added));
        return
        [
            .. counted
                .Select(type => new AcceptanceChange(
                    type.Key,
                    type.Value,
                    type.Value.RequestsBefore(logTime),
                    Suggestion.AnswerOf(sponsor, type.Value),
                    Suggestion.AnswerOf(then, type.Value)
                ))
                .Where(change =>
                    change.Requests > 0
                    && (
                        change.Before.Validity != change.After.Validity
                        || change.Before.Definition != change.After.Definition
                    )
                )
                .OrderByDescending(change => change.Requests)
                .ThenBy(change => change.Hash, StringComparer.Ordinal),
        ];
    }
}

/// <summary>A type of requests that would be answered in another way.</summary>
/// <param name="Requests">Its requests in the last week.</param>
public sealed record AcceptanceChange(
    string Hash,
    RequestType Type,
    long Requests,
    ContentAnswer Before,
    ContentAnswer After
);
