using System.Buffers;
using Microsoft.AspNetCore.Http.Features;

namespace Engine.Web;

/// <summary>Reads request bodies of limited length.</summary>
public static class Bodies
{
    /// <summary>Reads the body. Throws <see cref="RefusedException"/> (413) if it is too long.</summary>
    /// <param name="maxBytes">The maximum length.</param>
    public static async ValueTask<byte[]> ReadAsync(HttpRequest request, int maxBytes)
    {
        RefuseLength(request, maxBytes);
        while (true)
        {
            System.IO.Pipelines.ReadResult read = await request
                .BodyReader.ReadAsync(request.HttpContext.RequestAborted)
                .ConfigureAwait(false);
            if (read.Buffer.Length > maxBytes)
            {
                request.BodyReader.AdvanceTo(read.Buffer.End);
                throw TooLong(maxBytes);
            }

            if (read.IsCompleted)
            {
                byte[] body = read.Buffer.ToArray();
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return body;
            }

            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>Bounds a body that an endpoint reads as it comes. Throws <see cref="RefusedException"/> (413) if it
    /// says that it is longer; the server ends the reading of one that turns out to be.</summary>
    /// <param name="maxBytes">The maximum length.</param>
    public static void RefuseBeyond(HttpContext http, long maxBytes)
    {
        RefuseLength(http.Request, maxBytes);
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } bound)
        {
            bound.MaxRequestBodySize = maxBytes;
        }
    }

    private static void RefuseLength(HttpRequest request, long maxBytes)
    {
        if (request.ContentLength > maxBytes)
        {
            throw TooLong(maxBytes);
        }
    }

    private static RefusedException TooLong(long maxBytes) =>
        new(
            StatusCodes.Status413PayloadTooLarge,
            $"The body exceeds the limit of {maxBytes:N0} bytes. Send less at a time.",
            "body"
        );
}
