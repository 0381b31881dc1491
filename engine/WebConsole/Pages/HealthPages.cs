using Engine.Web;
using Engine.WebConsole.Health;

namespace Engine.WebConsole.Pages;

/// <summary>The page of the group's health.</summary>
internal static class HealthPages
{
    public static void Map(IEndpointRouteBuilder routes, HealthReader health) =>
        routes.MapPage("/console/health", async (http, visit) =>
            Page.Show<HealthPage>(
                new { Visit = visit, Report = await health.ReadAsync(http.RequestAborted).ConfigureAwait(false) }
            )
        );
}
