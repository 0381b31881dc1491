using Engine.App.Hosting;
using Engine.Workflows;
using Engine.Workflows.Module;

namespace Engine.App.Terminal;

/// <summary>Writes what the workflows made of their events, from Redis, for the summary of <c>make run</c>.</summary>
internal static class WorkflowReport
{
    private const int NameWidth = 18;

    public static async Task WriteAsync(TextWriter into, EngineHost host, string http)
    {
        into.WriteLine();
        into.WriteLine("Workflows:");
        foreach (IWorkflow module in WorkflowModules.All)
        {
            var source = new ReportSource(
                host.Context.Redis.Redis.GetDatabase(),
                host.Context.Keys,
                [.. host.Workflows.Names.Where(name => name.StartsWith(module.Topic + "-", StringComparison.Ordinal))],
                host.Workflows.Counts.GetValueOrDefault(module.Topic)?.Decided ?? 0,
                http
            );
            string label = module.Name;
            foreach (string line in await module.ReportAsync(source).ConfigureAwait(false))
            {
                into.WriteLine($"  {label.PadRight(NameWidth)}{line}");
                label = "";
            }
        }
    }
}
