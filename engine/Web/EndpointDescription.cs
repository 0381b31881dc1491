using Microsoft.AspNetCore.Http.Metadata;

namespace Engine.Web;

/// <summary>Describes endpoints in <c>/openapi.json</c>, besides their path and method.</summary>
public static class EndpointDescription
{
    /// <summary>Describes an endpoint in a sentence. An endpoint without a description isn't listed.</summary>
    public static TBuilder Describe<TBuilder>(this TBuilder endpoint, string summary)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoint.Add(builder => builder.Metadata.Add(new Summary(summary)));
        return endpoint;
    }

    private sealed record Summary(string Text) : IEndpointSummaryMetadata
    {
        string IEndpointSummaryMetadata.Summary => Text;
    }
}
