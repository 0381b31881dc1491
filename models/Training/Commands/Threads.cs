using System.Runtime.InteropServices;

namespace Models.Training.Commands;

/// <summary>Configures LightGBM's threads.</summary>
internal static partial class Threads
{
    /// <summary>Lets OpenMP's threads sleep while they wait for each other: on shared cores, spinning makes training
    /// ten times slower. libgomp reads the variable from the native environment when it is loaded, which .NET's copy
    /// doesn't affect.</summary>
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
