using Engine.Contracts.Settings;
using Engine.Pipeline.Consume;
using Engine.Workflows;
using Engine.Workflows.Runtime;

namespace Engine.App.Hosting;

/// <summary>The workflows of this program: which there are, and what they are given. Adding one is a folder there and its lines here.</summary>
internal static class Deciders
{
    /// <summary>The kinds of settings that workflows go by.</summary>
    public static IReadOnlyList<ISettingKind> Kinds { get; } = [];

    /// <summary>The topics that workflows read.</summary>
    public static IReadOnlyList<string> Topics { get; } = [];

    public static IReadOnlyList<IDecider> All(IStandings standings) => [];

    public static IReadOnlyList<IUpkeep> Upkeep(EngineContext context, IStandings standings) => [];
}
