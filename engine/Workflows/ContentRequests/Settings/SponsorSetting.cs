using Engine.Contracts.Access;
using Engine.Contracts.Settings;

namespace Engine.Workflows.ContentRequests.Settings;

/// <summary>A sponsor: <c>sponsor/&lt;id&gt;</c>.</summary>
/// <param name="Name">The name shown to people; the id by default.</param>
/// <param name="Resources">Its own resources. Requests of any others are refused.</param>
/// <param name="RequestsPerSecond">The maximum number of requests per second; null for no limit.</param>
/// <param name="TokenHashes">The SHA-256 of each of its tokens.</param>
public sealed record SponsorSetting(
    string Id,
    string Name,
    IReadOnlyList<ResourcePrefix> Resources,
    long? RequestsPerSecond,
    IReadOnlyList<byte[]> TokenHashes
) : IHasAccounts
{
    public IEnumerable<Account> Accounts =>
        TokenHashes.Select(hash => new Account(AccessToken.NameOf(hash), Role.Sponsor, Id, hash));
}

/// <summary>Reads <c>sponsor/&lt;id&gt;</c>.</summary>
public sealed class SponsorKind : ISettingKind
{
    public string Kind => "sponsor";

    public object Parse(string id, SettingReader record)
    {
        if (id.Contains('/'))
        {
            throw record.Wrong(
                $"the id is '{id}'; expected one without a slash, as definitions are definition/<sponsor>/<id>"
            );
        }

        return new SponsorSetting(
            id,
            record.Text("name") ?? id,
            [
                .. (record.Texts("resources") ?? []).Select(text =>
                    ResourcePrefix.Parse(text)
                    ?? throw record.Wrong(
                        $"'resources' holds '{text}'; expected an address without a user name, query or fragment, "
                            + $"such as https://news.example/, or an app's name"
                    )
                ),
            ],
            record.Integer("requests_per_s", 1, 1_000_000_000),
            [
                .. (record.Texts("tokens") ?? []).Select(text =>
                    AccessToken.ParseHash(text)
                    ?? throw record.Wrong($"'tokens' holds '{text}'; expected the SHA-256 of a token, 64 hex digits")
                ),
            ]
        );
    }
}
