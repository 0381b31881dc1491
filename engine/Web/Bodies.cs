using System.Buffers;

namespace Engine.Web;

/// <summary>Reads bodies of bounded length.</summary>
public static class Bodies
{
    /// <summary>The body; null where it is longer.</summary>
    public static async ValueTask<byte[]?> ReadAsync(HttpRequest request, int most)
    {
        if (request.ContentLength > most)
        {
            return null;
        }

        while (true)
        {
            System.IO.Pipelines.ReadResult read = await request
                .BodyReader.ReadAsync(request.HttpContext.RequestAborted)
                .ConfigureAwait(false);
            if (read.Buffer.Length > most || read.IsCompleted)
            {
                byte[]? body = read.Buffer.Length > most ? null : read.Buffer.ToArray();
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return body;
            }
            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
