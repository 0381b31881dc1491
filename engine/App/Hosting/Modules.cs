using Engine.Contracts.Access;
using Engine.Contracts.Settings;
using Engine.Workflows;
using Engine.Workflows.Module;

namespace Engine.App.Hosting;

/// <summary>The setting kinds, topics and deciders of all workflow modules.</summary>
internal static class Modules
{
    /// <summary>The kinds of settings that don't concern clicks: users, and those of all workflows.</summary>
    public static IReadOnlyList<ISettingKind> SettingKinds { get; } =
    [new UserKind(), .. WorkflowModules.All.SelectMany(module => module.SettingKinds)];

    /// <summary>The topics that workflows read.</summary>
    public static IReadOnlyList<string> Topics { get; } = [.. WorkflowModules.All.Select(module => module.Topic)];

    /// <summary>Creates the deciders. Modules that sign are left out if no secrets are known.</summary>
    public static IReadOnlyList<HostedWorkflow> CreateDeciders(DeciderServices services) =>
        [
            .. WorkflowModules
                .All.Where(module => !module.NeedsSigningSecrets || services.SigningSecrets.Count > 0)
                .Select(module => new HostedWorkflow(module, module.CreateDecider(services))),
        ];
}
