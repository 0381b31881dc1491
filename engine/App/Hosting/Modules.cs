using Engine.Contracts.Settings;
using Engine.Workflows;
using Engine.Workflows.Module;

namespace Engine.App.Hosting;

/// <summary>What all modules together have: their settings' kinds, their topics, their deciders.</summary>
internal static class Modules
{
    /// <summary>The kinds of settings that workflows go by.</summary>
    public static IReadOnlyList<ISettingKind> SettingKinds { get; } =
    [.. WorkflowModules.All.SelectMany(module => module.SettingKinds)];

    /// <summary>The topics that workflows read.</summary>
    public static IReadOnlyList<string> Topics { get; } = [.. WorkflowModules.All.Select(module => module.Topic)];

    /// <summary>The deciders by topic; without those whose module signs, where no secrets are known.</summary>
    public static IReadOnlyList<HostedWorkflow> CreateDeciders(DeciderServices services) =>
        [
            .. WorkflowModules
                .All.Where(module => !module.NeedsSigningSecrets || services.SigningSecrets.Count > 0)
                .Select(module => new HostedWorkflow(module, module.CreateDecider(services))),
        ];
}
