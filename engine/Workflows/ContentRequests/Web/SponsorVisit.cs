using Engine.Workflows.ContentRequests.Events;

namespace Engine.Workflows.ContentRequests.Web;

/// <summary>Who looks at a sponsor's page.</summary>
/// <param name="Sponsor">The sponsor's id.</param>
/// <param name="Name">What people call it.</param>
/// <param name="By">How records call whoever is signed in.</param>
/// <param name="FormSecret">What forms carry; empty for a program, whose token no browser adds by itself.</param>
public sealed record SponsorVisit(string Sponsor, string Name, string By, string FormSecret)
{
    /// <summary>An address of this sponsor's pages.</summary>
    public string At(string page = "") => $"/sponsors/{Uri.EscapeDataString(Sponsor)}{page}";
}

/// <summary>Requests and definitions in words for people.</summary>
internal static class SponsorWording
{
    public static string Sizes(IEnumerable<AdSize> sizes) =>
        string.Join(", ", sizes.Select(size => $"{size.Width}\u00A0×\u00A0{size.Height}"));

    public static string Asked(IEnumerable<KeyValuePair<string, string>> asked) =>
        string.Join(", ", asked.Select(one => $"{one.Key} = {one.Value}"));

    /// <summary>What is wrong with a request, in a sentence.</summary>
    public static string Why(ContentAnswer answer) =>
        answer.Reasons switch
        {
            [ContentReasons.UnitUndefined, ContentReasons.DefinitionNone] =>
                "The ad unit isn't defined, nor is any other.",
            [ContentReasons.UnitUndefined] => "The ad unit isn't defined.",
            [ContentReasons.SizeUndefined] => "The ad unit is defined, but none of these sizes.",
            [ContentReasons.ParameterUndefined] => "The ad unit and size are defined, but not all parameter values.",
            [ContentReasons.SizeUndefined, ContentReasons.ParameterUndefined] =>
                "The ad unit is defined, but none of these sizes, and not all parameter values.",
            _ => "It matches a definition.",
        };
}
