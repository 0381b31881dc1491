using Engine.Contracts;
using Engine.Web;
using Engine.Web.Accounts;
using Engine.Web.Hosting;
using Engine.Workflows;
using Engine.Workflows.Module;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Tests.Support;
using Xunit;

namespace Workflows.Tests.Web;

/// <summary>Of all that the workflows serve, everyone may use what the contract lists, and nothing else.</summary>
public sealed class OpenEndpointTests
{
    [Fact]
    public async Task Everyone_may_use_peoples_pages_and_where_one_signs_in()
    {
        Assert.SkipUnless(LiveRedisServer.IsThere, "no redis-server on the path");
        await using LiveRedisServer redis = await LiveRedisServer.StartAsync();
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddWebKit();
        await using WebApplication app = builder.Build();
        foreach (IWorkflow workflow in WorkflowModules.All)
        {
            workflow.MapEndpoints(
                new WorkflowEndpoints
                {
                    Routes = app,
                    Visitors = new Visitors(new NoAccounts(), null),
                    Events = null!,
                    Kafka = null!,
                    Settings = null!,
                    Standings = null!,
                    Redis = redis.Connection,
                    Keys = new RedisKeys("", "g"),
                    SigningSecrets = [new byte[32]],
                    Clock = TimeProvider.System,
                    BehindProxy = false,
                }
            );
        }

        app.RequireAccessDeclarations();
        RouteEndpoint[] all =
        [
            .. ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).Cast<RouteEndpoint>(),
        ];
        Assert.NotEmpty(all);
        Assert.All(all, endpoint =>
        {
            string path = "/" + endpoint.RoutePattern.RawText!.TrimStart('/');
            EndpointAccess access = endpoint.Metadata.GetRequiredMetadata<EndpointAccess>();
            bool isPeoples =
                path is "/sponsors" or "/sponsors/sign-in" or "/sponsors/sign-out"
                || path.StartsWith("/b/{page}")
                || path.StartsWith("/i/{item}")
                || path.StartsWith("/m/{id}");
            bool isSponsors = path.StartsWith("/sponsors/{sponsor}") || path.StartsWith("/v1/sponsors/{sponsor}/");
            Assert.True(
                access.Role == null == isPeoples && access.SponsorPart != null == isSponsors,
                $"{path} is for {access.Words}"
            );
        });
    }

    private sealed class NoAccounts : IAccounts
    {
        public AccountList Current { get; } = new([], hasUsers: false, usersWereThere: false);
    }
}
