using System.Text.Json.Nodes;
using Engine.Contracts;
using Engine.Contracts.Access;
using Engine.Pipeline.Settings;
using Engine.Web;
using Engine.WebConsole.Log;

namespace Engine.WebConsole.Pages;

/// <summary>The page of users: who may use pages and endpoints. Admins add and remove them.</summary>
internal sealed class UserPages(SettingsTimeline timeline, SettingRecords records)
{
    private const string Home = "/console/users";

    public static void Map(IEndpointRouteBuilder routes, SettingsTimeline timeline, SettingRecords records)
    {
        var pages = new UserPages(timeline, records);
        routes.MapPage(Home, (http, visit) => Task.FromResult(pages.Show(visit)));
        routes.MapForm(Home, pages.AddAsync, Role.Admin);
        routes.MapForm(Home + "/remove", pages.RemoveAsync, Role.Admin);
    }

    private UserSetting[] Users =>
        [
            .. timeline
                .Latest.Others(UserSetting.Kind)
                .Values.Select(setting => setting.Value)
                .OfType<UserSetting>()
                .OrderBy(user => user.Name, StringComparer.Ordinal),
        ];

    private async Task<IResult> AddAsync(HttpContext http, ConsoleVisit visit, IFormCollection form)
    {
        string name = form["name"].ToString().Trim(),
            because = BecauseField.Of(form);
        Role role = UserKind.RoleOf(form["role"].ToString())
            ?? throw new RefusedException(
                StatusCodes.Status400BadRequest,
                $"Choose a role: {string.Join(", ", UserKind.Roles.Select(one => one.Word()))}.",
                "role"
            );
        if (!Identifier.IsOne(name))
        {
            throw new RefusedException(
                StatusCodes.Status400BadRequest,
                $"The name isn't one: it has {Identifier.Words}.",
                "name"
            );
        }

        if (Users.Any(user => user.Name == name))
        {
            throw new RefusedException(
                StatusCodes.Status409Conflict,
                $"There is a user {name} already. For a new token, remove the user first.",
                "name"
            );
        }

        string token = AccessToken.Make();
        await records
            .WriteAsync(
                UserSetting.KeyOf(name),
                new JsonObject
                {
                    ["token"] = Convert.ToHexStringLower(AccessToken.HashOf(token)!),
                    ["role"] = role.Word(),
                },
                visit.By,
                because
            )
            .ConfigureAwait(false);
        // Shown here, and never again: only its hash is kept.
        return Show(visit, added: name, token);
    }

    private async Task<IResult> RemoveAsync(HttpContext http, ConsoleVisit visit, IFormCollection form)
    {
        string name = form["name"].ToString();
        if (!Users.Any(user => user.Name == name))
        {
            throw new RefusedException(StatusCodes.Status404NotFound, $"There is no user {name}.", "name");
        }

        if (visit.Name == $"user {name}")
        {
            throw new RefusedException(
                StatusCodes.Status400BadRequest,
                "You can't remove yourself: another admin can.",
                "name"
            );
        }

        await records
            .DeleteAsync(UserSetting.KeyOf(name), visit.By, "removed on the console")
            .ConfigureAwait(false);
        return ConsoleRoutes.SeeOther(Home);
    }

    private IResult Show(ConsoleVisit visit, string? added = null, string? token = null) =>
        Page.Show<UsersPage>(
            new
            {
                Visit = visit,
                Users,
                Added = added,
                Token = token,
            }
        );
}
