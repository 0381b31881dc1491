using System.Threading.RateLimiting;
using Engine.Contracts;

namespace Engine.Web.Hosting;

/// <summary>How much a server takes at a time. A rate of 0 is none.</summary>
public sealed record RequestLimits
{
    /// <summary>The rates by default where other machines reach the server: far above what a producer or a person
    /// sends, and far below what keeps others waiting.</summary>
    public const int DefaultPerToken = 5_000,
        DefaultPerAddress = 100;

    /// <summary>The requests that may be under way: so many of visitors who are known, and so many of others.</summary>
    public int UnderWay { get; init; } = 256;

    /// <summary>The requests per second with one token.</summary>
    public int PerToken { get; init; }

    /// <summary>The requests per second without a token from one address, of IPv6 from one /56.</summary>
    public int PerAddress { get; init; }

    /// <summary>The limits that were asked for, with defaults for the rates that weren't.</summary>
    /// <param name="isLoopback">Whether only this machine reaches the server: then there are no rates by
    /// default.</param>
    public static RequestLimits Of(int underWay, int? perToken, int? perAddress, bool isLoopback) =>
        new()
        {
            UnderWay = underWay,
            PerToken = perToken ?? (isLoopback ? 0 : DefaultPerToken),
            PerAddress = perAddress ?? (isLoopback ? 0 : DefaultPerAddress),
        };
}

/// <summary>Exempts endpoints from limits.</summary>
public static class LimitExemption
{
    /// <summary>Answers however much is under way: for what says whether the server lives.</summary>
    public static TBuilder WithoutLimits<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoint.Add(builder => builder.Metadata.Add(new Exempt()));
        return endpoint;
    }

    internal static bool IsExempt(HttpContext http) => http.GetEndpoint()?.Metadata.GetMetadata<Exempt>() != null;

    private sealed class Exempt;
}

/// <summary>Refuses what is over a server's limits, before it is read: 429 over a rate, 503 while too much is under
/// way. Nothing waits.</summary>
internal sealed class RequestBounds(RequestLimits limits, Visitors visitors, bool behindProxy) : IDisposable
{
    /// <summary>After a pause, a caller may send the requests of so many seconds at once.</summary>
    private const int BurstSeconds = 2;

    private readonly PartitionedRateLimiter<string>? _tokens = RateOf(limits.PerToken),
        _addresses = RateOf(limits.PerAddress);

    // Strangers who send slowly must not keep out those who are known.
    private readonly ConcurrencyLimiter _known = new(new() { PermitLimit = limits.UnderWay }),
        _others = new(new() { PermitLimit = limits.UnderWay });

    /// <summary>Holds a request to the rate of its token or its address.</summary>
    public Task RateAsync(HttpContext http, RequestDelegate next)
    {
        if ((_tokens ?? _addresses) == null || LimitExemption.IsExempt(http))
        {
            return next(http);
        }

        // Whoever guesses tokens counts by address.
        bool asks = http.GetEndpoint()?.Metadata.GetMetadata<EndpointAccess>()?.Role != null;
        if (asks && visitors.OfToken(http) is { } visitor)
        {
            Take(_tokens, Convert.ToHexString(visitor.Accounts[0].TokenHash), limits.PerToken, "this token");
        }
        else
        {
            Take(_addresses, AddressOf(http), limits.PerAddress, "this address");
        }

        return next(http);
    }

    /// <summary>Counts a request that may be served while it is under way.</summary>
    public async Task UnderWayAsync(HttpContext http, RequestDelegate next)
    {
        if (LimitExemption.IsExempt(http))
        {
            await next(http).ConfigureAwait(false);
            return;
        }

        using RateLimitLease lease = (Caller.Of(http) == null ? _others : _known).AttemptAcquire();
        if (!lease.IsAcquired)
        {
            throw new RefusedException(
                StatusCodes.Status503ServiceUnavailable,
                $"{limits.UnderWay} requests are under way already. Send this one again in a moment."
            );
        }

        await next(http).ConfigureAwait(false);
    }

    private static void Take(PartitionedRateLimiter<string>? rate, string key, int perSecond, string whose)
    {
        using RateLimitLease? lease = rate?.AttemptAcquire(key);
        if (lease is { IsAcquired: false })
        {
            throw new RefusedException(
                StatusCodes.Status429TooManyRequests,
                $"More than {perSecond:N0} requests a second came with {whose}. Send fewer."
            );
        }
    }

    private string AddressOf(HttpContext http)
    {
        string address = ClientAddress.Of(
            http.Connection.RemoteIpAddress,
            http.Request.Headers["X-Forwarded-For"].ToString(),
            behindProxy
        );
        return IpAddress.TryParse(address, out IpAddress parsed) && !parsed.IsV4 ? parsed.NetworkText() : address;
    }

    private static PartitionedRateLimiter<string>? RateOf(int perSecond)
    {
        if (perSecond == 0)
        {
            return null;
        }

        var options = new TokenBucketRateLimiterOptions
        {
            TokenLimit = BurstSeconds * perSecond,
            TokensPerPeriod = perSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        };
        return PartitionedRateLimiter.Create<string, string>(
            key => RateLimitPartition.GetTokenBucketLimiter(key, _ => options),
            StringComparer.Ordinal
        );
    }

    public void Dispose()
    {
        _tokens?.Dispose();
        _addresses?.Dispose();
        _known.Dispose();
        _others.Dispose();
    }
}
