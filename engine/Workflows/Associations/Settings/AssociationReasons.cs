namespace Engine.Workflows.Associations.Settings;

/// <summary>The reasons to refuse or suspect an association. docs/associations.md says what each means.</summary>
public static class AssociationReasons
{
    public const string CodeForged = "code.forged",
        CodeItem = "code.item",
        ItemUnknown = "item.unknown",
        CodeExpired = "code.expired",
        AccountSelf = "account.self",
        Ring = "ring",
        Burst = "burst",
        NetworkAccounts = "network.accounts";

    /// <summary>Reasons to suspect, in the order of checking.</summary>
    public static readonly IReadOnlyList<string> Suspecting = [AccountSelf, Ring, Burst, NetworkAccounts];
}
