using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Engine.App.Http;

/// <summary>Reads bodies of bounded length.</summary>
internal static class Bodies
{
    /// <summary>The body; null where it is longer.</summary>
    public static async ValueTask<byte[]?> ReadAsync(HttpRequest request, int most)
    {
        if (request.ContentLength > most) return null;
        while (true)
        {
            System.IO.Pipelines.ReadResult read = await request.BodyReader.ReadAsync(request.HttpContext.RequestAborted).ConfigureAwait(false);
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

/// <summary>Answers in JSON, written from nodes: nothing is compiled for a type when the first of its answers is asked for.</summary>
internal static class Answers
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IResult Json(JsonObject answer, int status = StatusCodes.Status200OK) => Results.Text(answer.ToJsonString(Relaxed), "application/json", Encoding.UTF8, status);

    /// <summary>What is wrong and, where that is known, with which field.</summary>
    public static IResult Error(int status, string error, string? where = null)
    {
        var answer = new JsonObject { ["error"] = error };
        if (where != null) answer["where"] = where;
        return Json(answer, status);
    }

    public static Task BadAsync(HttpContext http, string what, string where) => Error(StatusCodes.Status400BadRequest, what, where).ExecuteAsync(http);

    public static Task UnavailableAsync(HttpContext http, string why) =>
        Json(new JsonObject { ["error"] = "unavailable", ["why"] = why }, StatusCodes.Status503ServiceUnavailable).ExecuteAsync(http);
}
