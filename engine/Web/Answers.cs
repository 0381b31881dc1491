using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Engine.Web;

/// <summary>
/// Answers in JSON, written from nodes: nothing is compiled for a type when the first of its answers is asked for.
/// </summary>
public static class Answers
{
    private static readonly JsonSerializerOptions Relaxed = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static IResult Json(JsonObject answer, int status = StatusCodes.Status200OK) =>
        Results.Text(answer.ToJsonString(Relaxed), "application/json", Encoding.UTF8, status);

    /// <summary>What is wrong and, where that is known, with which field.</summary>
    public static IResult Error(int status, string error, string? where = null)
    {
        var answer = new JsonObject { ["error"] = error };
        if (where != null)
        {
            answer["where"] = where;
        }

        return Json(answer, status);
    }

    public static Task BadAsync(HttpContext http, string what, string where) =>
        Error(StatusCodes.Status400BadRequest, what, where).ExecuteAsync(http);

    public static Task UnavailableAsync(HttpContext http, string why) =>
        Json(new JsonObject { ["error"] = "unavailable", ["why"] = why }, StatusCodes.Status503ServiceUnavailable)
            .ExecuteAsync(http);
}
