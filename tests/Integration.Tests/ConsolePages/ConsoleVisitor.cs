using System.Net;
using System.Text.RegularExpressions;
using Integration.Tests.Access;
using Xunit;

namespace Integration.Tests.ConsolePages;

/// <summary>Somebody who has signed in to the console with a browser.</summary>
internal sealed partial class ConsoleVisitor(HttpClient http) : IDisposable
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The text of a page.</summary>
    public Task<string> GetAsync(string path) => http.GetStringAsync(path, Cancel);

    /// <summary>Posts a form with the secret of a page's forms.</summary>
    /// <param name="page">The page; null for a form without the secret.</param>
    /// <param name="site">What the browser says of where the form was.</param>
    public async Task<HttpResponseMessage> PostAsync(
        string? page,
        string action,
        IReadOnlyDictionary<string, string> fields,
        string site = "same-origin"
    )
    {
        var all = new Dictionary<string, string>(fields);
        if (page != null)
        {
            all["secret"] = Secret().Match(await GetAsync(page)).Groups[1].Value;
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, action)
        {
            Content = new FormUrlEncodedContent(all),
        };
        request.Headers.Add("Sec-Fetch-Site", site);
        return await http.SendAsync(request, Cancel);
    }

    public void Dispose() => http.Dispose();

    public static async Task<ConsoleVisitor> SignInAsync(string address, string name)
    {
        var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(address),
        };
        http.DefaultRequestHeaders.Add("Accept", "text/html");
        var visitor = new ConsoleVisitor(http);
        HttpResponseMessage signedIn = await visitor.PostAsync(
            null,
            "/console/sign-in",
            new Dictionary<string, string> { ["token"] = TestUsers.TokenOf(name) }
        );
        Assert.Equal(HttpStatusCode.Found, signedIn.StatusCode);
        return visitor;
    }

    [GeneratedRegex("name=\"secret\" value=\"([^\"]*)\"")]
    private static partial Regex Secret();
}
