using Engine.Client;
using Ingest.Tests.Rig;
using Xunit;

namespace Ingest.Tests.Client;

/// <summary>What users of the package compile against changes only on purpose.</summary>
public class PublicApiTests
{
    private const string Update = "UPDATE_PUBLIC_API";

    [Fact]
    public void The_public_API_is_the_one_on_file()
    {
        string file = Path.Combine(Checkout.Root, "ingest", "Client", "PublicApi.txt");
        string api = ApiListing.Of(typeof(EventPublisher).Assembly);
        if (Environment.GetEnvironmentVariable(Update) == "1")
        {
            File.WriteAllText(file, api);
        }

        Assert.True(
            File.Exists(file) && File.ReadAllText(file) == api,
            $"""
            The public API of Engine.Client isn't the one in {file}. If the change is meant, update the file and commit it:

                {Update}=1 dotnet run --project tests/Ingest.Tests -c Release -- -class {typeof(PublicApiTests).FullName}

            The API now:
            {api}
            """
        );
    }

    [Fact]
    public void Users_see_one_namespace() =>
        Assert.Equal(
            ["Engine.Client"],
            typeof(EventPublisher).Assembly.GetExportedTypes().Select(one => one.Namespace).Distinct()
        );
}
