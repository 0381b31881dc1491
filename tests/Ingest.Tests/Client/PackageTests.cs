using System.Diagnostics;
using Ingest.Tests.Rig;
using Xunit;

namespace Ingest.Tests.Client;

/// <summary>A user needs one folder of packages: the client's, and what it depends on of ours.</summary>
public class PackageTests
{
    private const string Project = """
        <Project Sdk="Microsoft.NET.Sdk">
            <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <OutputType>Exe</OutputType>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
            </PropertyGroup>
            <ItemGroup>
                <PackageReference Include="Engine.Client" Version="0.1.0" />
            </ItemGroup>
        </Project>
        """;

    private const string Program = """
        using Engine.Client;

        await using var publisher = new EventPublisher(new PublisherOptions { Kafka = "127.0.0.1:1" });
        try
        {
            await publisher.PublishAsync("{}"u8.ToArray());
        }
        catch (EventRefusedException e)
        {
            Console.WriteLine(e.Message);
        }
        """;

    [Fact]
    public async Task A_program_is_built_on_the_packages_of_one_folder()
    {
        using var folder = new Folder();
        // The test runs from bin/CONFIGURATION/FRAMEWORK: what it was built with is packed, not built again.
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        string client = Path.Combine(Checkout.Root, "ingest", "Client");
        await DotnetAsync(folder, "pack", client, "--no-build", "-c", configuration, "-o", "packages");
        Assert.Equal(
            ["Engine.Client", "Engine.Contracts"],
            Directory
                .GetFiles(Path.Combine(folder.Path, "packages"), "*.nupkg")
                .Select(file => Path.GetFileName(file).Split(".0.")[0])
                .Order()
        );

        folder.Write("consumer.csproj", Project);
        folder.Write("Program.cs", Program);
        folder.Write("nuget.config", Sources());
        await DotnetAsync(folder, "build", "-o", "out");
        Assert.Equal("event: type is missing\n", await DotnetAsync(folder, Path.Combine("out", "consumer.dll")));
    }

    /// <summary>Ours come from the folder alone; the others out of the cache that this checkout restored to.</summary>
    private static string Sources()
    {
        string cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        return $"""
            <configuration>
                <config><add key="globalPackagesFolder" value="restored" /></config>
                <packageSources><clear /><add key="folder" value="packages" /></packageSources>
                <fallbackPackageFolders><clear /><add key="cache" value="{cache}" /></fallbackPackageFolders>
            </configuration>
            """;
    }

    private static async Task<string> DotnetAsync(Folder folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = folder.Path,
            RedirectStandardOutput = true,
        };
        start.Environment.Remove("NUGET_PACKAGES");
        using Process process = Process.Start(start)!;
        string said = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}:\n{said}");
        return said;
    }
}
