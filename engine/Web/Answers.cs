using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Engine.Web;

/// <summary>Responses in JSON, built from nodes, so the first response of a type needs no serializer to be
/// compiled.</summary>
public static class Answers
{
    private static readonly JsonSerializerOptions Relaxed = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static IResult Json(JsonObject answer, int status = StatusCodes.Status200OK) =>
        Results.Text(answer.ToJsonString(Relaxed), "application/json", Encoding.UTF8, status);

    /// <summary>Returns an error and, if known, the field concerned.</summary>
    public static IResult Error(int status, string error, string? where = null)
    {
        var answer = new JsonObject { ["error"] = error };
        if (where != null)
        {
            answer["where"] = where;
        }

        return Json(answer, status);
    }
}
