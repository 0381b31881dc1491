using Engine.Contracts.Settings;
using Engine.Pipeline.Consume.Lanes;
using Engine.Workflows;
using Engine.Workflows.Bindings;
using Engine.Workflows.ContentRequests;
using Engine.Workflows.Priority;
using Engine.Workflows.Runtime;

namespace Engine.App.Hosting;

/// <summary>
/// The workflows of this program: which there are, and what they are given. Adding one is a folder there and its lines
/// here.
/// </summary>
internal static class Deciders
{
    /// <summary>The kinds of settings that workflows go by.</summary>
    public static IReadOnlyList<ISettingKind> Kinds { get; } =
    [.. ContentRequestDecider.SettingKinds, .. BindingDecider.SettingKinds, .. new PriorityDecider().Kinds];

    /// <summary>The topics that workflows read.</summary>
    public static IReadOnlyList<string> Topics { get; } =
    [Contracts.Topics.ContentRequests, Contracts.Topics.Bindings, Contracts.Topics.Processes];

    /// <param name="codes">What verifies bindings' codes; null where nothing does, and no binding is to be
    /// decided.</param>
    public static IReadOnlyList<IDecider> All(IStandings standings, CodeKeys? codes) =>
        [
            new ContentRequestDecider(standings),
            .. codes == null ? (IDecider[])[] : [new BindingDecider(codes)],
            new PriorityDecider(),
        ];

    public static IReadOnlyList<IUpkeep> Upkeep(EngineContext context, IStandings standings) =>
        [
            new QueueUpkeep(context.Keys, context.Timeline, context.Deliver.VerdictTtl, context.Clock),
            new RefundReviews(standings, context.Timeline, context.Keys.Prefix, context.Clock),
        ];
}
