using Tests.Support;
using Xunit;

namespace Pipeline.Tests;

/// <summary>Files of the shared data; a test that needs one which isn't there is skipped, and says so.</summary>
internal static class Shared
{
    public static string File(string relative)
    {
        string? path = SharedData.Find(relative);
        Assert.SkipWhen(
            path == null,
            $"the shared data's {relative} is not there (SHARED_DATA, or shared/data beside the repository)"
        );
        return path!;
    }
}
