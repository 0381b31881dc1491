using System.Runtime.InteropServices;

namespace Models.Training.Commands;

/// <summary>LightGBM's threads.</summary>
internal static partial class Threads
{
    /// <summary>
    /// Lets OpenMP's threads sleep where they wait for each other: on cores shared with others, spinning makes training
    /// ten times slower. libgomp reads the variable from the process's own environment when it is loaded, which .NET's
    /// copy doesn't reach.
    /// </summary>
    public static void WaitWithoutSpinning()
    {
        if (OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null)
        {
            _ = SetEnvironment("OMP_WAIT_POLICY", "passive", 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
