using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Engine.Contracts;
using Engine.Web;
using Engine.Workflows.Associations.Settings;
using Engine.Workflows.Module;

namespace Engine.Workflows.Associations.Web;

/// <summary>The pages of an item for phones: what it is, my code to show, and reading a code. Plain forms that need no
/// script; a script uses the camera if the browser supports it.</summary>
internal static class ItemPages
{
    /// <summary>How long a page waits for its outcome.</summary>
    private const int WaitMs = 10_000;

    /// <summary>The page that reads a code has a script, which may use the camera.</summary>
    private static readonly PageNeeds Scanning = new() { Script = ReadPage.Script, Camera = true };

    public static void Map(WorkflowEndpoints endpoints, AssociationReader associations)
    {
        endpoints
            .Routes.MapGet(
                "/i/{item}",
                (HttpContext http) => Page.Show<ItemPage>(new { Item = ItemOf(http, associations) })
            )
            .ForEveryone()
            .Describe("Shows an item, and leads to one's own code for it.");
        RouteGroupBuilder app = endpoints.Routes.MapGroup("/i/{item}").ForEveryone();
        app.MapGet("/read", (HttpContext http) => Reading(ItemOf(http, associations)));
        app.MapPost("/associations", async (HttpContext http) =>
        {
            ItemSetting item = ItemOf(http, associations);
            IFormCollection form = await Forms.ReadAsync(http).ConfigureAwait(false);
            string account = form["account"].ToString().Trim();
            string? code = form.ContainsKey("code") ? CodeIn(form["code"].ToString()) : null;
            if (!Identifier.IsOne(account) || code?.Length == 0)
            {
                string fault = code?.Length == 0 ? "Enter the code" : $"Your account: {Identifier.Words}";
                return code == null
                    ? Page.Show<ItemPage>(
                        new
                        {
                            Item = item,
                            Account = account,
                            Fault = fault,
                        },
                        StatusCodes.Status400BadRequest
                    )
                    : Reading(item, account, code, fault);
            }

            string id = "a-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
            byte[] body = EventOf(http, endpoints, id, item.Id, account, code, associations.Now);
            (WorkflowEvent? e, Refusal? refusal) = endpoints.Events.Read(body, null);
            if (refusal is { } why)
            {
                throw new RefusedException(StatusCodes.Status400BadRequest, why.Reason.Word(), why.Detail);
            }

            await endpoints.Events.SendAcknowledgedAsync(e!, body, null).ConfigureAwait(false);
            JsonObject? outcome = await associations.FindAsync(id, WaitMs, http.RequestAborted).ConfigureAwait(false);
            return outcome == null
                ? throw new RefusedException(
                    StatusCodes.Status503ServiceUnavailable,
                    "Your entry was taken, but it isn't decided yet. Try again in a moment."
                )
                : Page.Show<AssociatedPage>(new { Item = item, Outcome = outcome });
        });
    }

    private static IResult Reading(ItemSetting item, string account = "", string code = "", string? fault = null) =>
        Page.Show<ReadPage>(
            new
            {
                Item = item,
                Account = account,
                Code = code,
                Fault = fault,
            },
            fault == null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest,
            Scanning
        );

    private static ItemSetting ItemOf(HttpContext http, AssociationReader associations)
    {
        string id = RoutePart.Of(http, "item");
        return associations.Item(id)
            ?? throw new RefusedException(
                StatusCodes.Status404NotFound,
                $"There is no item “{id}”. Check that the address is complete, or scan the code again.",
                "item"
            );
    }

    /// <summary>A code as typed: blanks and line breaks don't count, nor does letter case.</summary>
    private static string CodeIn(string text) =>
        string.Concat(text.Where(letter => !char.IsWhiteSpace(letter))).ToUpperInvariant();

    private static byte[] EventOf(
        HttpContext http,
        WorkflowEndpoints endpoints,
        string id,
        string item,
        string account,
        string? code,
        long now
    )
    {
        var e = new JsonObject
        {
            ["type"] = "association",
            ["id"] = id,
            ["time"] = now,
            ["item"] = item,
            ["account"] = account,
        };
        if (code != null)
        {
            e["code"] = code;
        }

        string ip = ClientAddress.Of(
            http.Connection.RemoteIpAddress,
            http.Request.Headers["X-Forwarded-For"].ToString(),
            endpoints.BehindProxy
        );
        if (ip.Length > 0)
        {
            e["ip"] = ip;
        }

        return Encoding.UTF8.GetBytes(e.ToJsonString());
    }
}
