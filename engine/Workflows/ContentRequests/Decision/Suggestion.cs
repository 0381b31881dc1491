using System.Text.Json;
using Engine.Workflows.ContentRequests.Events;
using Engine.Workflows.ContentRequests.Settings;

namespace Engine.Workflows.ContentRequests.Decision;

/// <summary>A recurring type of invalid requests, as shown to its sponsor.</summary>
/// <param name="Hash">The type's identifier.</param>
/// <param name="Counts">Its counts over all partitions.</param>
/// <param name="Answer">The current answer to its requests.</param>
public sealed record Suggestion(string Hash, RequestType Counts, ContentAnswer Answer)
{
    /// <summary>Adds up the counts of all partitions, by hash.</summary>
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

    /// <summary>The recurring types, the most frequent first. A type that would now be answered differently, because it
    /// was accepted or a definition changed, is no longer a suggestion.</summary>
    /// <param name="logTime">Log time, ms: the end of the week that counts.</param>
    public static List<Suggestion> Recurring(Dictionary<string, RequestType> counted, Sponsor sponsor, long logTime) =>
        [
            .. counted
                .Where(type => type.Value.RecursAt(logTime))
                .Select(type => new Suggestion(type.Key, type.Value, AnswerOf(sponsor, type.Value)))
                .Where(suggestion => suggestion.Answer.Validity == suggestion.Counts.Validity)
                .OrderByDescending(suggestion => suggestion.Counts.Requests)
                .ThenBy(suggestion => suggestion.Hash, StringComparer.Ordinal),
        ];

    /// <summary>The answer of a sponsor's current definitions to requests of a type.</summary>
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

    /// <summary>Writes an entry of <c>GET /v1/sponsors/&lt;id&gt;/suggestions</c>.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, Hash);
        Counts.WriteFields(json, Answer.Definition);
        json.WriteEndObject();
    }
}

/// <summary>Creates definitions from accepted types, and previews their effect.</summary>
public static class Acceptance
{
    /// <summary>A prefix that sorts accepted definitions after a sponsor's own on a tie, so the answers to valid
    /// requests don't change.</summary>
    private const char Last = '~';

    /// <summary>The definition that accepts a type: its unit, sizes and parameters, and the item to show. The id
    /// depends on the type, so accepting it twice makes one definition. Accepting it again after an undo makes a new
    /// one.</summary>
    /// <param name="before">The sponsor's acceptances so far, including undone ones.</param>
    /// <param name="item">The item to show.</param>
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

    /// <summary>Previews adding definitions: returns each type whose answer would change.</summary>
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

/// <summary>A type of requests whose answer would change.</summary>
/// <param name="Requests">The number of its requests in the last week.</param>
public sealed record AcceptanceChange(
    string Hash,
    RequestType Type,
    long Requests,
    ContentAnswer Before,
    ContentAnswer After
);
