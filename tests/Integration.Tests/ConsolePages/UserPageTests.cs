using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Confluent.Kafka;
using Engine.Contracts;
using Integration.Tests.Access;
using Tests.Support;
using Xunit;

namespace Integration.Tests.ConsolePages;

/// <summary>The page of users: added with a token that is shown once, and removed at once.</summary>
public sealed partial class UserPageTests
{
    private const string Home = "/console/users";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_admin_adds_a_user_whose_token_is_shown_once_and_removes_another()
    {
        await using ConsoleLab lab = await ConsoleLab.StartAsync();
        using ConsoleVisitor ada = await lab.SignInAsync("ada");
        HttpResponseMessage added = await ada.PostAsync(Home, Home, User("grace", "analyst"));
        Assert.Equal(HttpStatusCode.OK, added.StatusCode);
        string token = TokenIn().Match(await added.Content.ReadAsStringAsync(Cancel)).Groups[1].Value;
        Assert.Equal(43, token.Length);
        await LiveWait.UntilAsync("the token is good", async () => await StatusAsync(lab, token) == HttpStatusCode.OK);
        string page = await ada.GetAsync(Home);
        Assert.Contains("grace", page);
        Assert.DoesNotContain(token, page);
        Assert.Equal(HttpStatusCode.Conflict, (await ada.PostAsync(Home, Home, User("grace", "admin"))).StatusCode);

        Assert.Equal(HttpStatusCode.SeeOther, (await RemoveAsync(ada, "grace")).StatusCode);
        await LiveWait.UntilAsync("the token is no more", async () =>
            await StatusAsync(lab, token) == HttpStatusCode.Unauthorized
        );
        Headers removal = lab
            .Lab.Log.ReadAll(Topics.Settings)
            .Last(record => Encoding.UTF8.GetString(record.Message.Key) == "user/grace")
            .Message.Headers;
        Assert.Equal("user ada", Encoding.UTF8.GetString(removal.GetLastBytes("by")));
        Assert.Equal("removed on the console", Encoding.UTF8.GetString(removal.GetLastBytes("because")));
        Assert.Equal(HttpStatusCode.BadRequest, (await RemoveAsync(ada, "ada")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await RemoveAsync(ada, "nobody")).StatusCode);
    }

    [Fact]
    public async Task Only_admins_change_users_and_only_by_the_form()
    {
        await using ConsoleLab lab = await ConsoleLab.StartAsync();
        using ConsoleVisitor anna = await lab.SignInAsync("anna");
        string page = await anna.GetAsync(Home);
        Assert.Contains("vera", page);
        Assert.DoesNotContain("Add a user", page);
        Assert.Equal(HttpStatusCode.Forbidden, (await anna.PostAsync(Home, Home, User("x", "admin"))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await RemoveAsync(anna, "vera")).StatusCode);
        using ConsoleVisitor ada = await lab.SignInAsync("ada");
        Assert.Equal(HttpStatusCode.BadRequest, (await ada.PostAsync(null, Home, User("x", "admin"))).StatusCode);
        foreach (Dictionary<string, string> wrong in new[] { User("a b", "viewer"), User("x", "root") })
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await ada.PostAsync(Home, Home, wrong)).StatusCode);
        }
    }

    [Fact]
    public async Task The_first_user_closes_the_console()
    {
        await using ConsoleLab lab = await ConsoleLab.StartAsync(users: false);
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Add("Sec-Fetch-Site", "same-origin");
        using HttpResponseMessage added = await http.PostAsync(
            lab.At(Home),
            new FormUrlEncodedContent(User("ada", "admin")),
            Cancel
        );
        string token = TokenIn().Match(await added.Content.ReadAsStringAsync(Cancel)).Groups[1].Value;
        await LiveWait.UntilAsync("it is closed", async () =>
            await TestUsers.StatusAsync(lab.Run.Http, "GET", Home) == HttpStatusCode.Unauthorized
        );
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(lab, token));
    }

    private static async Task<HttpStatusCode> StatusAsync(ConsoleLab lab, string token)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        using HttpResponseMessage answer = await http.GetAsync(lab.At(Home), Cancel);
        return answer.StatusCode;
    }

    private static Task<HttpResponseMessage> RemoveAsync(ConsoleVisitor by, string name) =>
        by.PostAsync(Home, Home + "/remove", new Dictionary<string, string> { ["name"] = name });

    private static Dictionary<string, string> User(string name, string role) =>
        new()
        {
            ["name"] = name,
            ["role"] = role,
            ["because"] = "They joined the team.",
        };

    [GeneratedRegex("<p class=\"text\">([^<]*)</p>")]
    private static partial Regex TokenIn();
}
