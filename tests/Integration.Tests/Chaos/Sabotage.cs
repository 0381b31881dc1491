using Integration.Tests.Rig;

namespace Integration.Tests.Chaos;

/// <summary>Engines without some of their protections, built from a copy of the sources: chaos must see it.</summary>
internal static class Sabotage
{
    /// <param name="without">Names of protections, separated by commas.</param>
    public static async Task<CheckoutCopy> BuildAsync(string without)
    {
        var copy = new CheckoutCopy();
        try
        {
            foreach (string project in without.Split(',').Select(one => Change(copy, one)).Distinct().ToArray())
            {
                await copy.BuildAsync(project);
            }

            return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    /// <summary>Takes a protection out of the sources. Returns the project that it was in.</summary>
    private static string Change(CheckoutCopy copy, string without)
    {
        switch (without)
        {
            case "guard":
                // A commit that is sent twice counts twice.
                copy.Replace(
                    "engine/Partitions/ProgressCommitter.cs",
                    """
                            if now == ARGV[3] then return 'DONE' end
                            if now ~= ARGV[2] then return 'OFFSET' end

                    """,
                    ""
                );
                return "engine/Partitions";
            case "fencing":
                // All owners of a partition have the same token. Commits still compare the offset that they start from,
                // so this is seen only together with the guard.
                copy.Replace(
                    "engine/Partitions/PartitionLease.cs",
                    "redis.StringIncrement(keys.Owner(name))",
                    "redis.StringIncrement(keys.Owner(name), 0)"
                );
                return "engine/Partitions";
            case "marks":
                // What was read of other partitions decides at once.
                copy.Replace(
                    "engine/Pipeline/Knowledge/PartitionKnowledge.cs",
                    "ApplyTold(partition, mark.Known.Standings[partition])",
                    "ApplyTold(partition, long.MaxValue)"
                );
                return "engine/Pipeline";
            default:
                throw new ArgumentException($"CHAOS_WITHOUT is guard, marks or fencing, not {without}");
        }
    }
}
