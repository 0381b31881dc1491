using System.Text;
using Engine.Contracts.Events;
using Engine.Workflows;

namespace Fuzz.Tests.Targets;

/// <summary>Valid events: the schemas' own examples.</summary>
internal static class Examples
{
    public static readonly string[] Interactions = Of(InteractionSchemas.All);

    public static readonly string[] Labels = Of(LabelSchemas.All);

    public static readonly string[] Workflows = Of(WorkflowEvents.Own.All);

    public static readonly string[] All = Of(WorkflowEvents.All.All);

    public static byte[][] Bytes(params IEnumerable<string> texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    private static string[] Of(IEnumerable<EventSchema> schemas) => [.. schemas.Select(schema => schema.Example)];
}
