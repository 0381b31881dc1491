using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Contracts;
using Engine.Contracts.Access;
using Engine.Web;
using Engine.Workflows.Bindings.Codes;
using Engine.Workflows.Bindings.Decision;
using Engine.Workflows.Bindings.Settings;
using Engine.Workflows.Module;

namespace Engine.Workflows.Bindings.Web;

/// <summary>The endpoints of binding statistics for programs: the content of a page, operation-binding codes, bindings
/// and their outcomes. <see cref="BindingPages"/> has the pages for people.</summary>
internal static class BindingEndpoints
{
    public static void Map(WorkflowEndpoints endpoints, BindingCodes codes)
    {
        IEndpointRouteBuilder app = endpoints.Routes;
        app.MapPost("/v1/bindings/codes", async (HttpContext context) =>
            {
                byte[] body = await Bodies.ReadAsync(context.Request, EventLimits.MaxValueBytes).ConfigureAwait(false);
                if (ReadRequest(body, out Fault? fault) is not { } request)
                {
                    return Bad(fault!);
                }

                IssuedCode? code = codes.Issue(request.Page, request.Operation, request.Account, out fault);
                return code == null
                    ? Bad(fault!)
                    : Answers.Json(
                        new JsonObject
                        {
                            ["code"] = code.Code,
                            ["svg"] = code.Svg,
                            ["expires"] = code.Expires,
                        }
                    );
            })
            .ForRole(Role.Analyst)
            .Describe("Makes an operation-binding code, with its QR picture.");
        endpoints.MapEvents("/v1/bindings").Describe("Accepts a binding; its outcome follows.");
        endpoints.MapResult("/v1/bindings/{id}", BindingKeys.Outcome).Describe("Returns the outcome of a binding.");
        app.MapGet("/b/{page}", (HttpContext context) =>
            {
                string page = RoutePart.Of(context, "page");
                // A person's phone or a program may open an identification code: a client that prefers HTML gets the
                // page.
                context.Response.Headers.Vary = "Accept";
                PageSetting? setting = codes.Page(page);
                if (Accepts.Html(context.Request))
                {
                    return BindingPages.Poster(page, setting);
                }

                return setting == null
                    ? Answers.Error(StatusCodes.Status404NotFound, $"there is no page '{page}'")
                    : Results.Bytes(Content(setting), "application/json");
            })
            .ForEveryone()
            .Describe("Returns the content of a page with an identification code, as JSON or HTML.");
    }

    private static IResult Bad(Fault fault) => Answers.Error(StatusCodes.Status400BadRequest, fault.Error, fault.Where);

    private static readonly string[] RequestFields = ["page", "operation", "account"];

    private sealed record CodeRequest(string Page, string Operation, string Account);

    private static CodeRequest? ReadRequest(byte[] body, out Fault? fault)
    {
        fault = null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                fault = new Fault("expected an object with page, operation and account", "body");
                return null;
            }
            string?[] texts =
            [
                .. RequestFields.Select(name =>
                    document.RootElement.TryGetProperty(name, out JsonElement value)
                    && value.ValueKind == JsonValueKind.String
                        ? value.GetString()
                        : null
                ),
            ];
            int missing = Array.IndexOf(texts, null);
            if (missing < 0)
            {
                return new CodeRequest(texts[0]!, texts[1]!, texts[2]!);
            }

            fault = new Fault("expected a text", RequestFields[missing]);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            fault = new Fault($"malformed JSON: {e.Message}", "body");
        }
        return null;
    }

    /// <summary>The content of a page: its setting, with its id.</summary>
    private static byte[] Content(PageSetting page)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("page", page.Id);
            json.WriteString("title", page.Title);
            json.WriteStartObject("operations");
            foreach (Operation operation in page.Operations)
            {
                json.WriteStartObject(operation.Type);
                json.WriteStartObject("prompt");
                foreach (PromptField field in operation.Prompt)
                {
                    field.WriteSetting(json);
                }

                json.WriteEndObject();
                json.WriteEndObject();
            }
            json.WriteEndObject();
            json.WriteNumber("code_ttl_s", (long)page.CodeTtl.TotalSeconds);
            json.WriteEndObject();
        }
        return stream.ToArray();
    }
}
