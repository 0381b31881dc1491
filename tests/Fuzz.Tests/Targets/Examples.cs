using System.Text;
using System.Text.RegularExpressions;
using Engine.Contracts.Events;
using Engine.Workflows;

namespace Fuzz.Tests.Targets;

/// <summary>Valid events: the schemas' own examples.</summary>
internal static partial class Examples
{
    public static readonly string[] Interactions = Of(InteractionSchemas.All);

    public static readonly string[] Labels = Of(LabelSchemas.All);

    public static readonly string[] Workflows = Of(WorkflowEvents.Own.All);

    public static readonly string[] All = Of(WorkflowEvents.All.All);

    /// <summary>The ids in the examples, the longest first.</summary>
    public static readonly byte[][] Ids = Bytes(
        All.Concat(Labels)
            .SelectMany(example => Id().Matches(example))
            .Select(match => match.Groups[1].Value)
            .Distinct()
            .OrderByDescending(id => id.Length)
    );

    public static byte[][] Bytes(params IEnumerable<string> texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    private static string[] Of(IEnumerable<EventSchema> schemas) => [.. schemas.Select(schema => schema.Example)];

    [GeneratedRegex("\"(?:id|click|instance)\": ?\"([^\"]+)\"")]
    private static partial Regex Id();
}
