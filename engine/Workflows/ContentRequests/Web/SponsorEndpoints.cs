using System.Text.Json;
using Engine.Contracts;
using Engine.Web;
using Engine.Workflows.ContentRequests.Decision;
using Engine.Workflows.ContentRequests.Settings;

namespace Engine.Workflows.ContentRequests.Web;

/// <summary>The endpoints of a sponsor's suggestions for programs: <c>/v1/sponsors/…</c>.</summary>
internal sealed class SponsorEndpoints(SuggestionService suggestions)
{
    private const int MaxBodyBytes = 4096;

    public static void Map(IEndpointRouteBuilder app, SuggestionService suggestions)
    {
        var handlers = new SponsorEndpoints(suggestions);
        RouteGroupBuilder own = app.MapGroup("/v1/sponsors/{sponsor}").ForSponsor();
        own.MapGet("/suggestions", handlers.For(handlers.ListAsync))
            .Describe("Lists a sponsor's recurring requests that match no definition.");
        own.MapPost("/suggestions/{type}/accept", handlers.For(handlers.AcceptAsync))
            .Describe("Accepts a suggestion: such requests become valid.");
        own.MapGet("/acceptances", handlers.For(handlers.HistoryAsync))
            .Describe("Lists the acceptances, with who accepted them and when.");
        own.MapDelete("/acceptances/{id}", handlers.For(handlers.UndoAsync)).Describe("Undoes an acceptance.");
    }

    private RequestDelegate For(Func<HttpContext, Sponsor, string, Task<IResult>> handler) =>
        async http =>
        {
            string id = RoutePart.Of(http, "sponsor");
            if (!suggestions.Settings.Sponsors.TryGetValue(id, out Sponsor? sponsor))
            {
                throw SuggestionService.NoSponsor(id);
            }

            IResult result = await handler(http, sponsor, Caller.Of(http)!.Account.Name).ConfigureAwait(false);
            await result.ExecuteAsync(http).ConfigureAwait(false);
        };

    private async Task<IResult> ListAsync(HttpContext http, Sponsor sponsor, string by)
    {
        SponsorCounts counts = await suggestions.CountsAsync(sponsor).ConfigureAwait(false);
        return Json(json =>
        {
            json.WriteStartArray();
            foreach (Suggestion suggestion in counts.Recurring)
            {
                suggestion.Write(json);
            }

            json.WriteEndArray();
        });
    }

    private async Task<IResult> AcceptAsync(HttpContext http, Sponsor sponsor, string by)
    {
        string hash = RoutePart.Of(http, "type");
        byte[] body = await Bodies.ReadAsync(http.Request, MaxBodyBytes).ConfigureAwait(false);
        if (!TryItem(body, out string? item, out IResult? bad))
        {
            return bad!;
        }

        if (suggestions.AcceptedAs(sponsor.Setting.Id, hash) is { } there)
        {
            return Acceptance(there, StatusCodes.Status200OK);
        }

        SponsorCounts counts = await suggestions.CountsAsync(sponsor).ConfigureAwait(false);
        if (counts.Recurring.Find(suggestion => suggestion.Hash == hash) is not { } found)
        {
            return Answers.Error(StatusCodes.Status404NotFound, "there is no suggestion for this type");
        }

        if ((item ?? found.Answer.Item) is not { } shown)
        {
            return Bad(
                DeadLetterReason.MissingField,
                "item: no definition answers this type yet, so choose the item to show"
            );
        }

        DefinitionSetting definition = suggestions.DefinitionOf(found, shown, by);
        await suggestions.AcceptAsync(definition).ConfigureAwait(false);
        return Acceptance(definition, StatusCodes.Status201Created);
    }

    private Task<IResult> HistoryAsync(HttpContext http, Sponsor sponsor, string by) =>
        Task.FromResult(
            Json(json =>
            {
                json.WriteStartArray();
                foreach (
                    DefinitionSetting definition in suggestions
                        .Settings.Acceptances[sponsor.Setting.Id]
                        .OrderByDescending(one => one.Accepted!.Time)
                        .ThenBy(one => one.Id, StringComparer.Ordinal)
                )
                {
                    Write(json, definition);
                }

                json.WriteEndArray();
            })
        );

    private async Task<IResult> UndoAsync(HttpContext http, Sponsor sponsor, string by)
    {
        if (suggestions.AcceptanceOf(sponsor.Setting.Id, RoutePart.Of(http, "id")) is not { } definition)
        {
            return Answers.Error(StatusCodes.Status404NotFound, "there is no such acceptance");
        }

        return Acceptance(await suggestions.UndoAsync(definition, by).ConfigureAwait(false), StatusCodes.Status200OK);
    }

    /// <summary>Reads an optional body, <c>{"item":"it-2"}</c>: the item to show in place of the current one.</summary>
    private static bool TryItem(byte[] body, out string? item, out IResult? bad)
    {
        (item, bad) = (null, null);
        if (body.Length == 0)
        {
            return true;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                bad = Bad(DeadLetterReason.Malformed, "expected an object");
            }
            else if (
                !document.RootElement.TryGetProperty("item", out JsonElement value)
                || value.ValueKind == JsonValueKind.Null
            )
            {
                return true;
            }
            else if (value.ValueKind != JsonValueKind.String)
            {
                bad = Bad(DeadLetterReason.WrongType, "item");
            }
            else if (!Identifier.IsOne(item = value.GetString()!))
            {
                bad = Bad(DeadLetterReason.OutOfRange, "item");
            }
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            bad = Bad(DeadLetterReason.Malformed, problem.Message);
        }
        return bad == null;
    }

    private static IResult Acceptance(DefinitionSetting definition, int status) =>
        Json(json => Write(json, definition), status);

    private static void Write(Utf8JsonWriter json, DefinitionSetting definition)
    {
        json.WriteStartObject();
        json.WriteString("id", definition.Id);
        json.WriteString("definition", definition.Id);
        json.WriteString("by", definition.Accepted!.By);
        json.WriteNumber("time", definition.Accepted.Time);
        json.WriteString("type", definition.Accepted.Type);
        if (definition.Undone is { } undone)
        {
            json.WriteStartObject("undone");
            json.WriteString("by", undone.By);
            json.WriteNumber("time", undone.Time);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static IResult Json(Action<Utf8JsonWriter> write, int status = StatusCodes.Status200OK)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            write(json);
        }

        return Results.Text(stream.ToArray(), "application/json", status);
    }

    private static IResult Bad(DeadLetterReason what, string where) =>
        Answers.Error(StatusCodes.Status400BadRequest, what.Word(), where);
}
