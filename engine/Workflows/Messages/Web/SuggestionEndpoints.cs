using System.Text.Json.Nodes;
using Engine.Web;
using Engine.Workflows.Messages.Decision;
using Engine.Workflows.Messages.Settings;
using Engine.Workflows.Module;
using StackExchange.Redis;
using Role = Engine.Contracts.Access.Role;

namespace Engine.Workflows.Messages.Web;

/// <summary>Rules that are suggested to people by what they do by hand: listed, accepted and declined.</summary>
internal sealed class SuggestionEndpoints(WorkflowEndpoints endpoints)
{
    private const string Path = "/v1/people/{id}/message-rules/suggestions";

    public void Map()
    {
        endpoints
            .Routes.MapGet(Path, async (HttpContext http) =>
            {
                string person = RoutePart.Id(http, "id");
                return Answers.Json(
                    new JsonObject
                    {
                        ["person"] = person,
                        ["suggestions"] = new JsonArray([.. await OpenAsync(person).ConfigureAwait(false)]),
                    }
                );
            })
            .ForRole(Role.Viewer)
            .Describe("Returns the rules that are suggested to a person, by what the person did by hand.");
        endpoints
            .Routes.MapPost(Path + "/{suggestion}/accept", async (HttpContext http) =>
            {
                return await DecideAsync(http, accepts: true).ConfigureAwait(false);
            })
            .ForRole(Role.Admin)
            .Describe("Makes a suggested rule one of the person's rules.");
        endpoints
            .Routes.MapPost(Path + "/{suggestion}/decline", async (HttpContext http) =>
            {
                return await DecideAsync(http, accepts: false).ConfigureAwait(false);
            })
            .ForRole(Role.Admin)
            .Describe("Declines a suggested rule, which isn't suggested again.");
    }

    /// <summary>What is suggested to a person and neither accepted nor declined, over all partitions, the latest
    /// first.</summary>
    private async Task<IReadOnlyList<JsonObject>> OpenAsync(string person)
    {
        IDatabase redis = endpoints.Redis.GetDatabase();
        HashEntry[][] all = await Task.WhenAll(
                endpoints.Partitions.Select(partition =>
                    redis.HashGetAllAsync(endpoints.Keys.Prefix + MessageKeys.Suggestions(person, partition))
                )
            )
            .ConfigureAwait(false);
        var rules = (MessageRules)endpoints.Settings.Latest;
        return
        [
            .. all.SelectMany(hash => hash)
                .Where(entry => !rules.HasDecided(person, entry.Name.ToString()))
                .Select(entry => (JsonObject)JsonNode.Parse(entry.Value.ToString())!)
                .GroupBy(suggestion => (string)suggestion["suggestion"]!)
                .Select(parts => Join([.. parts]))
                .OrderByDescending(suggestion => (long)suggestion["last"]!),
        ];
    }

    /// <summary>Adds up what partitions suggest alike.</summary>
    private static JsonObject Join(IReadOnlyList<JsonObject> parts)
    {
        JsonObject joined = parts[0];
        foreach (JsonObject part in parts.Skip(1))
        {
            foreach (string count in new[] { "acts", "of", "would" })
            {
                joined[count] = (long)joined[count]! + (long)part[count]!;
            }

            joined["first"] = Math.Min((long)joined["first"]!, (long)part["first"]!);
            joined["last"] = Math.Max((long)joined["last"]!, (long)part["last"]!);
            foreach (JsonNode? message in part["messages"]!.AsArray())
            {
                joined["messages"]!.AsArray().Add(message!.DeepClone());
            }
        }

        return joined;
    }

    private async Task<IResult> DecideAsync(HttpContext http, bool accepts)
    {
        string person = RoutePart.Id(http, "id"),
            id = RoutePart.Id(http, "suggestion"),
            by = Caller.Of(http)?.Account.Name ?? "nobody signed in";
        IReadOnlyList<JsonObject> open = await OpenAsync(person).ConfigureAwait(false);
        JsonObject suggestion = open.FirstOrDefault(one => (string)one["suggestion"]! == id)
            ?? throw new RefusedException(
                StatusCodes.Status404NotFound,
                $"nothing is suggested to '{person}' as '{id}': it may be accepted or declined already",
                "suggestion"
            );
        if (!accepts)
        {
            var declined = new JsonObject { ["declined"] = true, ["by"] = by };
            await WriteAsync(person, id, $"{DeclinedSuggestionKind.Name}/{person}/{id}", declined)
                .ConfigureAwait(false);
            return Answers.Json(
                new JsonObject
                {
                    ["suggestion"] = id,
                    ["declined"] = true,
                    ["by"] = by,
                }
            );
        }

        string rule = $"{MessageRuleKind.PersonPrefix}{person}/{id}";
        var record = new JsonObject
        {
            ["when"] = (string)suggestion["when"]!,
            ["actions"] = suggestion["actions"]!.DeepClone(),
            ["because"] = $"Suggested by what {person} did by hand.",
            ["by"] = by,
        };
        await WriteAsync(person, id, $"{MessageRuleKind.Name}/{rule}", record).ConfigureAwait(false);
        record["rule"] = rule;
        return Answers.Json(record, StatusCodes.Status201Created);
    }

    private Task WriteAsync(string person, string suggestion, string key, JsonObject record) =>
        endpoints.WriteSettingAsync(
            key,
            record.ToJsonString(),
            () => ((MessageRules)endpoints.Settings.Latest).HasDecided(person, suggestion)
        );
}
