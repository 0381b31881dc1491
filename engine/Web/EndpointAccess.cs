using Engine.Contracts.Access;

namespace Engine.Web;

/// <summary>Who may use an endpoint. Every endpoint declares it where it is mapped: a server doesn't start with one
/// that doesn't.</summary>
/// <param name="Role">The role that the visitor's must reach; null for everyone.</param>
public sealed record EndpointAccess(Role? Role)
{
    /// <summary>The route parameter with the sponsor whose token, or an admin's, is needed; null for endpoints that
    /// concern no single sponsor.</summary>
    public string? SponsorPart { get; init; }

    /// <summary>What browsers get in place of an error; null for programs' endpoints.</summary>
    public SignIn? SignIn { get; init; }

    /// <summary>Who may, in words: <c>everyone</c>, <c>viewer</c>, <c>its sponsor or admin</c>.</summary>
    public string Words =>
        SponsorPart != null ? "its sponsor or admin"
        : Role is { } role ? role.Word()
        : "everyone";
}

/// <summary>Where people sign in.</summary>
/// <param name="Home">The address of their own first page.</param>
/// <param name="Page">Makes the page that asks for a token, in place of what a request asked for.</param>
public sealed record SignIn(string Home, Func<HttpRequest, IResult> Page);

/// <summary>Declares who may use endpoints.</summary>
public static class EndpointAccessDeclarations
{
    private const string Sponsor = "sponsor";

    /// <summary>Everyone may use the endpoint. The list of these is in the contract, and a test holds it.</summary>
    public static TBuilder ForEveryone<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.For(new EndpointAccess(Role: null));

    /// <summary>Users with a role, or one above it, may use the endpoint; everyone on this machine while there has
    /// never been a user.</summary>
    /// <param name="signIn">Where people sign in; null for programs' endpoints.</param>
    public static TBuilder ForRole<TBuilder>(this TBuilder endpoint, Role role, SignIn? signIn = null)
        where TBuilder : IEndpointConventionBuilder => endpoint.For(new EndpointAccess(role) { SignIn = signIn });

    /// <summary>The sponsor that the path names (<c>{sponsor}</c>) may use the endpoint, and admins.</summary>
    /// <param name="signIn">Where its people sign in; null for programs' endpoints.</param>
    public static TBuilder ForSponsor<TBuilder>(this TBuilder endpoint, SignIn? signIn = null)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint.For(new EndpointAccess(Role.Sponsor) { SponsorPart = Sponsor, SignIn = signIn });

    /// <summary>Throws if one of the server's endpoints doesn't declare who may use it. Call it once all are
    /// mapped.</summary>
    public static void RequireAccessDeclarations(this IEndpointRouteBuilder app)
    {
        string[] undeclared =
        [
            .. app
                .DataSources.SelectMany(source => source.Endpoints)
                .Where(endpoint => endpoint.Metadata.GetMetadata<EndpointAccess>() == null)
                .Select(endpoint => endpoint.DisplayName ?? ""),
        ];
        if (undeclared.Length > 0)
        {
            throw new InvalidOperationException(
                $"these endpoints don't declare who may use them (ForEveryone, ForRole, ForSponsor): "
                    + string.Join(", ", undeclared)
            );
        }
    }

    private static TBuilder For<TBuilder>(this TBuilder endpoint, EndpointAccess access)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoint.Add(builder => builder.Metadata.Add(access));
        return endpoint;
    }
}
