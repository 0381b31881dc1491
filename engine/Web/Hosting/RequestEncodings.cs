using Microsoft.Extensions.DependencyInjection;

namespace Engine.Web.Hosting;

/// <summary>Compressed request bodies: gzip, deflate and Brotli are read as they come, within the bounds of plain ones
/// once decompressed. Anything else is refused with 415.</summary>
internal static class RequestEncodings
{
    private const string Accepted = "gzip, deflate, br";

    public static void AddRequestEncodings(this IServiceCollection services) => services.AddRequestDecompression();

    /// <summary>Endpoints must be known already: the server's own bound on bodies bounds what they are decompressed
    /// to.</summary>
    public static void UseRequestEncodings(this IApplicationBuilder app)
    {
        app.UseRequestDecompression();
        app.Use(RefuseOthersAsync);
    }

    /// <summary>A header that is still there names an encoding that nobody has decoded.</summary>
    private static async Task RefuseOthersAsync(HttpContext http, RequestDelegate next)
    {
        string encoding = http.Request.Headers.ContentEncoding.ToString();
        if (encoding.Length > 0 && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            http.Response.Headers.AcceptEncoding = Accepted;
            throw new RefusedException(
                StatusCodes.Status415UnsupportedMediaType,
                $"The body has the encoding '{encoding}'. Send it plain, or with one of {Accepted}.",
                "Content-Encoding"
            );
        }

        try
        {
            await next(http).ConfigureAwait(false);
        }
        catch (InvalidDataException)
        {
            throw new RefusedException(
                StatusCodes.Status400BadRequest,
                "The body isn't compressed as its Content-Encoding says.",
                "body"
            );
        }
    }
}
