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
using StackExchange.Redis;

namespace Engine.Workflows.Bindings.Web;

/// <summary>The phone pages of both clients: <c>/b/&lt;page&gt;</c> (choose an operation, get its code) and
/// <c>/b/&lt;page&gt;/bind</c> (read a code, fill in its prompt, see the outcome). They are plain forms that need no
/// script; a script uses the camera if the browser supports it.</summary>
internal static class BindingPages
{
    /// <summary>The page that reads a code has a script, which may use the camera.</summary>
    private static readonly PageNeeds Scanning = new() { Script = ReadCodePage.Script, Camera = true };

    public static void Map(WorkflowEndpoints endpoints, BindingCodes codes)
    {
        RouteGroupBuilder app = endpoints.Routes.MapGroup("/b/{page}").ForEveryone();
        IDatabase redis = endpoints.Redis.GetDatabase();
        app.MapPost("/code", async (HttpContext context) =>
        {
            string page = PageOf(context);
            IFormCollection form = await Forms.ReadAsync(context).ConfigureAwait(false);
            string operation = form["operation"].ToString(),
                account = form["account"].ToString().Trim();
            PageSetting? setting = codes.Page(page);
            if (codes.Issue(page, operation, account, out Fault? fault) is not { } code)
            {
                return Poster(page, setting, operation, account, fault);
            }

            return Page.Show<CodePage>(
                new
                {
                    Page = page,
                    setting!.Title,
                    Operation = operation,
                    Account = account,
                    code.Code,
                    Picture = new MarkupString(code.Svg),
                    ValidSeconds = (code.Expires - codes.Now) / 1000,
                }
            );
        });
        app.MapGet("/bind", (HttpContext context) => Reading(PageOf(context)));
        app.MapPost("/bind", async (HttpContext context) =>
        {
            string page = PageOf(context);
            IFormCollection form = await Forms.ReadAsync(context).ConfigureAwait(false);
            string text = CodeOf(form);
            return Check(codes, page, text, out OperationBindingCode? code) is { } wrong
                ? Reading(page, text, wrong)
                : Prompt(page, text, code!, NewId(), "", [], []);
        });
        app.MapPost("/bindings", async (HttpContext context) =>
        {
            string page = PageOf(context);
            IFormCollection form = await Forms.ReadAsync(context).ConfigureAwait(false);
            return await BindAsync(context, form, page, codes, endpoints).ConfigureAwait(false);
        });
        app.MapGet("/bindings/{id}", async (HttpContext context) =>
        {
            string id = RoutePart.Of(context, "id");
            RedisValue outcome = await redis
                .StringGetAsync(endpoints.Keys.Prefix + BindingKeys.Outcome(id))
                .ConfigureAwait(false);
            JsonElement? decided = outcome.IsNull ? null : JsonDocument.Parse((byte[])outcome!).RootElement;
            return Page.Show<OutcomePage>(
                new
                {
                    Page = PageOf(context),
                    Id = id,
                    Outcome = decided,
                }
            );
        });
    }

    private static string PageOf(HttpContext context) => RoutePart.Of(context, "page");

    /// <summary>Shows the first client's page. Refuses if there is no such page.</summary>
    public static IResult Poster(
        string page,
        PageSetting? setting,
        string operation = "",
        string account = "",
        Fault? fault = null
    ) =>
        setting == null
            ? throw NoPage(page)
            : Page.Show<PosterPage>(
                new
                {
                    Setting = setting,
                    Operation = operation,
                    Account = account,
                    fault?.Where,
                },
                fault == null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest
            );

    private static RefusedException NoPage(string page) =>
        new(
            StatusCodes.Status404NotFound,
            $"There is no page “{page}”. Check that the address is complete, or scan the code again.",
            "page"
        );

    private static IResult Reading(string page, string text = "", string? fault = null) =>
        Page.Show<ReadCodePage>(
            new
            {
                Page = page,
                Text = text,
                Fault = fault,
            },
            fault == null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest,
            Scanning
        );

    private static IResult Prompt(
        string page,
        string text,
        OperationBindingCode code,
        string id,
        string account,
        Dictionary<string, string> entered,
        Dictionary<string, string> faults
    ) =>
        Page.Show<PromptPage>(
            new
            {
                Page = page,
                Text = text,
                Code = code,
                Fields = Fields(code),
                Id = id,
                Account = account,
                Entered = entered,
                Faults = faults,
            },
            faults.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest
        );

    /// <summary>Describes what is wrong with a code; the engine decides again by log time.</summary>
    private static string? Check(BindingCodes codes, string page, string text, out OperationBindingCode? code)
    {
        code = codes.Keys.Read(text);
        if (code == null)
        {
            return "This code is incomplete or isn’t one of ours. Scan it again or check the text.";
        }

        if (code.Page != page)
        {
            return $"This code belongs to another page, “{code.Page}”. Open that page to use it.";
        }

        return codes.Now >= code.Expires ? "This code has expired. Ask for a new one." : null;
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
            return Reading(page, text, wrong);
        }
        // The id comes from the form, so a form submitted twice binds once.
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
            faults["account"] = account.Length == 0 ? FormField.Missing : FormField.AccountFault;
        }

        if (faults.Count > 0)
        {
            return Prompt(page, text, code!, id, account, entered, faults);
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
        (WorkflowEvent? made, Refusal? refusal) = endpoints.Events.Read(body, null);
        if (refusal is { } why)
        {
            throw new RefusedException(StatusCodes.Status400BadRequest, why.Reason.Word(), why.Detail);
        }

        await endpoints.Events.SendAcknowledgedAsync(made!, body, null).ConfigureAwait(false);
        return Results.Redirect(
            $"/b/{Uri.EscapeDataString(page)}/bindings/{Uri.EscapeDataString(id)}",
            permanent: false,
            preserveMethod: false
        );
    }

    private static List<FormField> Fields(OperationBindingCode code) =>
        [.. code.Prompt.Select((field, i) => new FormField(field, $"f{i}"))];

    /// <summary>The code as pasted or typed, in upper case and without white space, as some keyboards change case and
    /// wrapped text has line breaks.</summary>
    private static string CodeOf(IFormCollection form) =>
        string.Concat(form["code"].ToString().Where(letter => !char.IsWhiteSpace(letter))).ToUpperInvariant();

    private static string NewId() => "b-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(10));
}
