using System.Buffers;

namespace Engine.Web;

/// <summary>Reads bodies of bounded length.</summary>
public static class Bodies
{
    /// <summary>The body; throws <see cref="RefusedException"/> (413) where it is longer.</summary>
    /// <param name="maxBytes">The longest that is read.</param>
    public static async ValueTask<byte[]> ReadAsync(HttpRequest request, int maxBytes)
    {
        if (request.ContentLength > maxBytes)
        {
            throw TooLong(maxBytes);
        }

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

    private static RefusedException TooLong(int maxBytes) =>
        new(
            StatusCodes.Status413PayloadTooLarge,
            $"The body is larger than the {maxBytes:N0} bytes allowed. Send less at once.",
            "body"
        );
}
