namespace Engine.Workflows.Bindings.Codes;

/// <summary>The reasons to refuse or suspect a binding. docs/bindings.md says what each means.</summary>
public static class BindingReasons
{
    public const string CodeForged = "code.forged",
        CodeExpired = "code.expired",
        CodePage = "code.page",
        PageUnknown = "page.unknown",
        CodeUsed = "code.used",
        PromptMissing = "prompt.missing",
        PromptType = "prompt.type",
        PromptRange = "prompt.range",
        AccountSelf = "account.self",
        PairRepeated = "pair.repeated",
        NetworkAccounts = "network.accounts";

    /// <summary>Reasons to refuse, in the order of checking.</summary>
    public static readonly IReadOnlyList<string> Refusing =
    [
        CodeForged,
        CodeExpired,
        CodePage,
        PageUnknown,
        CodeUsed,
        PromptMissing,
        PromptType,
        PromptRange,
    ];

    /// <summary>Reasons to suspect, in the order of checking.</summary>
    public static readonly IReadOnlyList<string> Suspecting = [AccountSelf, PairRepeated, NetworkAccounts];
}
