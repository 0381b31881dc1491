using System.Net;
using System.Security.Cryptography;
using System.Text;
using Engine.Contracts;
using Integration.Tests.Rig;
using Tests.Support;

namespace Integration.Tests.Access;

/// <summary>Users as records of <c>settings</c>, and requests in their name. The token of <c>ada</c> is
/// <c>ada-token</c>.</summary>
internal static class TestUsers
{
    public static string TokenOf(string name) => name + "-token";

    /// <param name="role">A role, or a sponsor's id after <c>sponsor </c>.</param>
    public static LiveRecord Record(string name, string role)
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(TokenOf(name))));
        string what = role.Split(' ') is ["sponsor", var sponsor]
            ? $"\"sponsor\":\"{sponsor}\""
            : $"\"role\":\"{role}\"";
        return new LiveRecord(Topics.Settings, $"user/{name}", $$"""{"token":"{{hash}}",{{what}}}""", LiveEvents.Now);
    }

    public static LiveRecord Removal(string name) =>
        new(Topics.Settings, $"user/{name}", (byte[]?)null, LiveEvents.Now);

    /// <summary>Adds users, before an engine starts.</summary>
    public static void AddUsers(this Lab lab, params (string Name, string Role)[] users) =>
        lab.Log.SendAll(users.Select(user => Record(user.Name, user.Role)));

    /// <summary>The status that an endpoint answers with.</summary>
    /// <param name="name">Who asks; null for nobody.</param>
    public static async Task<HttpStatusCode> StatusAsync(string http, string method, string path, string? name = null)
    {
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var request = new HttpRequestMessage(new HttpMethod(method), $"http://{http}{path}");
        if (name != null)
        {
            request.Headers.Authorization = new("Bearer", TokenOf(name));
        }

        using HttpResponseMessage answer = await client.SendAsync(request);
        return answer.StatusCode;
    }
}
