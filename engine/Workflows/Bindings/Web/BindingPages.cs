using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Contracts;
using Engine.Web;
using Engine.Workflows.Bindings.Codes;
using Engine.Workflows.Bindings.Decision;
using Engine.Workflows.Bindings.Settings;
using Engine.Workflows.Module;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;
using StackExchange.Redis;

namespace Engine.Workflows.Bindings.Web;

/// <summary>
/// The pages of both clients, for phones: <c>/b/&lt;page&gt;</c> (choose an operation, get its code) and
/// <c>/b/&lt;page&gt;/bind</c> (read a code, answer its prompt, see what became of it). Forms, no scripts needed; the
/// camera where the browser has one.
/// </summary>
internal static class BindingPages
{
    private const string Html = "text/html; charset=utf-8";

    public static void Map(WorkflowEndpoints endpoints, BindingCodes codes)
    {
        IEndpointRouteBuilder app = endpoints.Routes;
        IDatabase redis = endpoints.Redis.GetDatabase();
        app.MapPost("/b/{page}/code", async (HttpContext context, string page) =>
        {
            page = BindingEndpoints.Slashes(page);
            if (await FormAsync(context).ConfigureAwait(false) is not { } form)
            {
                return Foreign(context);
            }

            string operation = form["operation"].ToString(),
                account = form["account"].ToString().Trim();
            PageSetting? setting = codes.Page(page);
            if (codes.Issue(page, operation, account, out Fault? fault) is not { } code)
            {
                return Poster(context, page, setting, operation, account, fault);
            }

            return Show<CodePage>(
                context,
                200,
                ("Page", page),
                ("Title", setting!.Title),
                ("Operation", operation),
                ("Account", account),
                ("Code", code.Code),
                ("Picture", new MarkupString(code.Svg)),
                ("HoldsSeconds", (code.Expires - codes.Now) / 1000)
            );
        });
        app.MapGet("/b/{page}/bind", (HttpContext context, string page) =>
            Reading(context, BindingEndpoints.Slashes(page))
        );
        app.MapPost("/b/{page}/bind", async (HttpContext context, string page) =>
        {
            page = BindingEndpoints.Slashes(page);
            if (await FormAsync(context).ConfigureAwait(false) is not { } form)
            {
                return Foreign(context);
            }

            string text = CodeOf(form);
            return Check(codes, page, text, out OperationBindingCode? code) is { } wrong
                ? Reading(context, page, text, wrong)
                : Prompt(context, page, text, code!, NewId(), "", [], []);
        });
        app.MapPost("/b/{page}/bindings", async (HttpContext context, string page) =>
        {
            page = BindingEndpoints.Slashes(page);
            if (await FormAsync(context).ConfigureAwait(false) is not { } form)
            {
                return Foreign(context);
            }

            return await BindAsync(context, form, page, codes, endpoints).ConfigureAwait(false);
        });
        app.MapGet("/b/{page}/bindings/{id}", async (HttpContext context, string page, string id) =>
        {
            RedisValue outcome = await redis
                .StringGetAsync(endpoints.Keys.Prefix + BindingKeys.Outcome(BindingEndpoints.Slashes(id)))
                .ConfigureAwait(false);
            JsonElement? decided = outcome.IsNull ? null : JsonDocument.Parse((byte[])outcome!).RootElement;
            return Show<OutcomePage>(
                context,
                200,
                ("Page", BindingEndpoints.Slashes(page)),
                ("Id", BindingEndpoints.Slashes(id)),
                ("Outcome", decided)
            );
        });
    }

    /// <summary>The first client's page, or that there is none.</summary>
    public static IResult Poster(
        HttpContext context,
        string page,
        PageSetting? setting,
        string operation = "",
        string account = "",
        Fault? fault = null
    ) =>
        setting == null
            ? Show<NoticePage>(
                context,
                404,
                ("Title", "There is no such page"),
                ("Text", $"Nothing is known of “{page}”. Has its code been read in full?")
            )
            : Show<PosterPage>(
                context,
                fault == null ? 200 : 400,
                ("Setting", setting),
                ("Operation", operation),
                ("Account", account),
                ("Where", fault?.Where)
            );

    private static IResult Reading(HttpContext context, string page, string text = "", string? fault = null) =>
        Show<ReadCodePage>(context, fault == null ? 200 : 400, ("Page", page), ("Text", text), ("Fault", fault));

    private static IResult Prompt(
        HttpContext context,
        string page,
        string text,
        OperationBindingCode code,
        string id,
        string account,
        Dictionary<string, string> entered,
        Dictionary<string, string> faults
    ) =>
        Show<PromptPage>(
            context,
            faults.Count == 0 ? 200 : 400,
            ("Page", page),
            ("Text", text),
            ("Code", code),
            ("Fields", Fields(code)),
            ("Id", id),
            ("Account", account),
            ("Entered", entered),
            ("Faults", faults)
        );

    /// <summary>What is wrong with a code, in words; the engine decides it again by log time.</summary>
    private static string? Check(BindingCodes codes, string page, string text, out OperationBindingCode? code)
    {
        code = codes.Keys.Read(text);
        if (code == null)
        {
            return "This is no code of ours, or not all of it. Please read it again.";
        }

        if (code.Page != page)
        {
            return $"This code was made on another page, “{code.Page}”: open that page to use it.";
        }

        return codes.Now >= code.Expires ? "This code has expired. Please ask for a new one." : null;
    }

    private static async Task<IResult> BindAsync(
        HttpContext context,
        IFormCollection form,
        string page,
        BindingCodes codes,
        WorkflowEndpoints endpoints
    )
    {
        string text = CodeOf(form),
            id = form["id"].ToString(),
            account = form["account"].ToString().Trim();
        if (Check(codes, page, text, out OperationBindingCode? code) is { } wrong)
        {
            return Reading(context, page, text, wrong);
        }
        // The id is the form's, so that a form that is sent twice binds once.
        if (!Identifier.IsOne(id))
        {
            id = NewId();
        }

        Dictionary<string, string> entered = [],
            faults = [];
        var values = new JsonObject();
        foreach (FormField field in Fields(code!))
        {
            entered[field.Name] = form[field.Name].ToString();
            if (field.Read(entered[field.Name], out string? fault) is { } value)
            {
                values[field.Field.Name] = value;
            }

            if (fault != null)
            {
                faults[field.Name] = fault;
            }
        }
        if (!Identifier.IsOne(account))
        {
            faults["account"] =
                account.Length == 0
                    ? "Please fill this in"
                    : "An account has no spaces, braces or letters beyond ASCII";
        }

        if (faults.Count > 0)
        {
            return Prompt(context, page, text, code!, id, account, entered, faults);
        }

        var e = new JsonObject
        {
            ["type"] = "binding",
            ["id"] = id,
            ["time"] = codes.Now,
            ["page"] = page,
            ["code"] = text,
            ["account"] = account,
            ["values"] = values,
        };
        string ip = ClientAddress.Of(
            context.Connection.RemoteIpAddress,
            context.Request.Headers["X-Forwarded-For"].ToString(),
            endpoints.BehindProxy
        );
        if (ip.Length > 0)
        {
            e["ip"] = ip;
        }

        byte[] body = Encoding.UTF8.GetBytes(e.ToJsonString());
        (WorkflowEvent? made, _) = endpoints.Events.Read(body, null);
        if (
            made == null
            || await BindingEndpoints.SendAsync(endpoints.Events, made, body, null).ConfigureAwait(false) != null
        )
        {
            return Show<NoticePage>(
                context,
                503,
                ("Title", "Not now"),
                ("Text", "The binding could not be taken. Nothing has happened; please try again in a moment.")
            );
        }

        return Results.Redirect(
            $"/b/{Uri.EscapeDataString(page)}/bindings/{Uri.EscapeDataString(id)}",
            permanent: false,
            preserveMethod: false
        );
    }

    private static List<FormField> Fields(OperationBindingCode code) =>
        [.. code.Prompt.Select((field, i) => new FormField(field, $"f{i}"))];

    /// <summary>
    /// The code as it was pasted or typed: letters have no case on some keyboards, and line breaks come with wrapped
    /// text.
    /// </summary>
    private static string CodeOf(IFormCollection form) =>
        string.Concat(form["code"].ToString().Where(letter => !char.IsWhiteSpace(letter))).ToUpperInvariant();

    private static string NewId() => "b-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(10));

    /// <summary>The form of a page of ours; null where it comes from elsewhere or is none.</summary>
    private static async Task<IFormCollection?> FormAsync(HttpContext context) =>
        SameOrigin.Holds(context.Request) && context.Request.HasFormContentType
            ? await context.Request.ReadFormAsync(context.RequestAborted).ConfigureAwait(false)
            : null;

    private static IResult Foreign(HttpContext context) =>
        Show<NoticePage>(
            context,
            403,
            ("Title", "Not from here"),
            (
                "Text",
                "This form was sent from another site, or by something that is no browser. Programs use /v1/bindings."
            )
        );

    private static IResult Show<T>(HttpContext context, int status, params (string Name, object? Value)[] parameters)
        where T : IComponent
    {
        context.Response.Headers.ContentSecurityPolicy = PhoneAssets.Policy;
        context.Response.Headers["Permissions-Policy"] = "camera=(self)";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["Referrer-Policy"] = "same-origin";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return new RazorComponentResult<T>(
            parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value)
        )
        {
            StatusCode = status,
            ContentType = Html,
        };
    }
}
