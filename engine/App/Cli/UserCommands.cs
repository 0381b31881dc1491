using System.CommandLine;
using Engine.App.Configuration;
using Engine.App.Hosting;
using Engine.CommandLine;
using Engine.Contracts;
using Engine.Contracts.Access;

namespace Engine.App.Cli;

/// <summary><c>engine user</c>: adds, removes and lists those who may use the HTTP endpoints.</summary>
internal static class UserCommands
{
    /// <summary>Declares the command.</summary>
    /// <param name="kafka">Makes the option that names the brokers.</param>
    /// <param name="config">Makes the option that names engine.yaml.</param>
    public static Command Create(Func<Option<string?>> kafka, Func<Option<string?>> config, CommandContext context) =>
        new("user", "Adds, removes and lists those who may use the HTTP endpoints.")
        {
            Add(kafka(), config(), context),
            Remove(kafka(), config(), context),
            List(kafka(), config(), context),
        };

    private static Command Add(Option<string?> kafka, Option<string?> config, CommandContext context)
    {
        Argument<string> name = Name();
        var role = new Option<string?>("--role")
        {
            HelpName = "ROLE",
            Description = "viewer (reads everything), analyst (also labels and sends events) or admin (everything)",
        };
        role.AcceptOnlyFromAmong([.. UserKind.Roles.Select(one => one.Word())]);
        var sponsor = new Option<string?>("--sponsor")
        {
            HelpName = "S",
            Description = "in place of a role: the sponsor whose suggestions the user sees and accepts",
        };
        var output = new Option<string?>("--out")
        {
            HelpName = "FILE",
            Description = "write the token to this new file, which only its owner may read, instead of printing it",
        };
        var once = new Option<bool>("--once")
        {
            Description = "do nothing if the user is there; otherwise take the token that --out's file holds, if any",
        };
        var command = new Command(
            "add",
            "Makes a token, prints it, and lets its holder in. Only its hash is kept, so it can't be shown again."
        )
        {
            name,
            role,
            sponsor,
            output,
            once,
            kafka,
            config,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(role) == null == (result.GetValue(sponsor) == null))
            {
                result.AddError("user add takes either --role or --sponsor.");
            }
        });
        command.SetAction(
            (parsed, cancel) =>
            {
                string? sponsored = parsed.GetValue(sponsor);
                var request = new AddRequest(
                    Identified(parsed.GetRequiredValue(name), "NAME"),
                    sponsored == null ? UserKind.RoleOf(parsed.GetValue(role)!)!.Value : Role.Sponsor,
                    sponsored == null ? null : Identified(sponsored, "--sponsor", slash: false),
                    parsed.GetValue(output),
                    parsed.GetValue(once)
                );
                return AddAsync(request, Records(parsed.GetValue(kafka), parsed.GetValue(config)), context, cancel);
            }
        );
        return command;
    }

    private static Command Remove(Option<string?> kafka, Option<string?> config, CommandContext context)
    {
        Argument<string> name = Name();
        var command = new Command(
            "remove",
            "Removes a user: the token and its sessions end at once. Exit code 3 means that there is no such user."
        )
        {
            name,
            kafka,
            config,
        };
        command.SetAction(
            (parsed, cancel) =>
                RemoveAsync(
                    parsed.GetRequiredValue(name),
                    Records(parsed.GetValue(kafka), parsed.GetValue(config)),
                    context,
                    cancel
                )
        );
        return command;
    }

    private static Command List(Option<string?> kafka, Option<string?> config, CommandContext context)
    {
        var command = new Command("list", "Lists the users in the topic 'settings' with their roles.")
        {
            kafka,
            config,
        };
        command.SetAction(
            async (parsed, cancel) =>
            {
                UserRecords records = Records(parsed.GetValue(kafka), parsed.GetValue(config));
                foreach (UserSetting user in (await records.ReadAsync(cancel).ConfigureAwait(false)).Values)
                {
                    context.Out.WriteLine($"{user.Name}\t{RoleOf(user)}");
                }

                return ExitCodes.Done;
            }
        );
        return command;
    }

    private sealed record AddRequest(string Name, Role Role, string? Sponsor, string? Out, bool Once);

    private static async Task<int> AddAsync(
        AddRequest request,
        UserRecords records,
        CommandContext context,
        CancellationToken cancel
    )
    {
        SortedDictionary<string, UserSetting> users = await records.ReadAsync(cancel).ConfigureAwait(false);
        if (users.TryGetValue(request.Name, out UserSetting? there))
        {
            string what = $"user {request.Name} is there already ({RoleOf(there)})";
            if (request.Once)
            {
                context.Error.WriteLine($"engine: {what}; nothing was changed");
                return ExitCodes.Done;
            }

            throw new CommandException($"{what}: for a new token, remove it first with 'engine user remove'.");
        }

        bool kept = request is { Once: true, Out: { } file } && File.Exists(file);
        string token = kept ? SecretFile.Read(request.Out!) : AccessToken.Make();
        byte[] hash = AccessToken.HashOf(token)
            ?? throw new CommandException($"{request.Out} holds no token: remove it to have one made.");
        string? made = kept ? null : request.Out;
        if (made != null)
        {
            // First the file: a token that can't be kept must not let anybody in.
            SecretFile.Write(made, token);
        }

        try
        {
            await records.WriteAsync(request.Name, hash, request.Role, request.Sponsor, cancel).ConfigureAwait(false);
        }
        catch when (made != null)
        {
            File.Delete(made);
            throw;
        }

        if (request.Out == null)
        {
            context.Out.WriteLine(token);
        }

        string where = request.Out == null ? "this token isn't shown again" : $"the token is in {request.Out}";
        context.Error.WriteLine(
            $"engine: user {request.Name} added; {where}: send it as 'Authorization: Bearer <token>'"
        );
        return ExitCodes.Done;
    }

    private static async Task<int> RemoveAsync(
        string name,
        UserRecords records,
        CommandContext context,
        CancellationToken cancel
    )
    {
        SortedDictionary<string, UserSetting> users = await records.ReadAsync(cancel).ConfigureAwait(false);
        if (!users.Remove(name))
        {
            context.Error.WriteLine($"engine: there is no user '{name}'.");
            return ExitCodes.NotThere;
        }

        await records.DeleteAsync(name, cancel).ConfigureAwait(false);
        context.Error.WriteLine(
            $"engine: user {name} removed"
                + (users.Count == 0 ? "; nobody is left who could sign in, and endpoints stay closed" : "")
        );
        return ExitCodes.Done;
    }

    private static string RoleOf(UserSetting user) =>
        user.Sponsor == null ? user.Role.Word() : $"sponsor {user.Sponsor}";

    private static Argument<string> Name() => new("NAME") { Description = "the user's name" };

    private static UserRecords Records(string? kafka, string? config)
    {
        ConfigFile file = ConfigFile.Find(config);
        return new UserRecords(Addresses.KafkaOf(kafka, file), file.Config);
    }

    private static string Identified(string text, string what, bool slash = true) =>
        Identifier.IsOne(text) && (slash || !text.Contains('/'))
            ? text
            : throw new CommandException(
                $"{what} is '{text}'; expected {Identifier.Words}{(slash ? "" : ", without slashes")}.",
                ExitCodes.WrongUse
            );
}
