namespace Integration.Tests.ConsolePages;

/// <summary>The addresses of the console.</summary>
internal static class ConsoleAddresses
{
    /// <summary>Every page, and a name for it.</summary>
    public static readonly (string Path, string Name)[] Pages =
    [
        ("/console", "overview"),
        ("/console?from=2020-01-01&to=2020-01-31", "overview-empty"),
        ("/console/campaigns", "campaigns"),
        ("/console/campaigns?sort=name&find=cmp", "campaigns-found"),
        ("/console/campaigns?find=nothing-is-called-so", "campaigns-none"),
        ("/console/campaigns/cmp-1", "campaign"),
        ("/console/campaigns/" + Uri.EscapeDataString(ConsoleLab.EvilNames[0]), "campaign-evil"),
        ("/console/campaigns/unknown", "campaign-unknown"),
        ("/console/publishers", "publishers"),
        ("/console/publishers/pub-1", "publisher"),
        ("/console/clicks", "clicks"),
        ("/console/clicks/" + ConsoleLab.Replay, "click"),
        ("/console/clicks/evil-0", "click-evil"),
        ("/console/clicks/" + ConsoleLab.Replay + "/audit", "click-audit"),
        ("/console/dead-letters", "dead-letters"),
        ("/console/dead-letters?reason=nothing", "dead-letters-none"),
        ("/console/dead-letters/0/0", "dead-letter"),
        ("/console/users", "users"),
        ("/console/health", "health"),
        ("/console/rules", "rules"),
        ("/console/rules/edit", "rule-new"),
        ("/console/backtests", "backtests"),
        ("/console/snoozes", "snoozes"),
        ("/console/processes", "processes"),
        ("/console/processes/refund-review", "process"),
        ("/console/processes/edit", "process-new"),
        ("/console/processes/edit?id=refund-review", "process-edit"),
        ("/console/meetings", "meetings-none"),
        ("/console/messages", "messages-none"),
        ("/console/message-rules", "message-rules"),
        ("/console/items", "items-none"),
        ("/console/items/it-9", "item-none"),
        ("/console/sponsors", "sponsors-none"),
        ("/console/sponsors/sp-1", "sponsor-none"),
        ("/console/bookmarks", "bookmarks-none"),
        ("/console/credit", "credit"),
        ("/console/credit?month=2020-01", "credit-empty"),
        ("/console/campaigns/cmp-1/credit", "campaign-credit"),
        ("/console/campaigns/" + Uri.EscapeDataString(ConsoleLab.EvilNames[1]) + "/credit", "campaign-credit-evil"),
    ];
}
