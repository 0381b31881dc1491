using Engine.Workflows.ContentRequests.Events;

namespace Engine.Workflows.ContentRequests.Web;

/// <summary>A visitor of a sponsor's pages.</summary>
/// <param name="Sponsor">The sponsor's id.</param>
/// <param name="Name">The sponsor's name shown to people.</param>
/// <param name="By">The name of the visitor in records.</param>
/// <param name="FormSecret">The secret that forms carry; empty for a program, as no browser adds its token
/// automatically.</param>
public sealed record SponsorVisit(string Sponsor, string Name, string By, string FormSecret)
{
    /// <summary>An address of this sponsor's pages.</summary>
    public string At(string page = "") => AddressOf(Sponsor) + page;

    /// <summary>The address of a sponsor's first page.</summary>
    public static string AddressOf(string sponsor) => $"/sponsors/{Uri.EscapeDataString(sponsor)}";
}

/// <summary>Readable texts for requests and definitions.</summary>
public static class SponsorWording
{
    public static string Sizes(IEnumerable<AdSize> sizes) =>
        string.Join(", ", sizes.Select(size => $"{size.Width}\u00A0×\u00A0{size.Height}"));

    public static string Asked(IEnumerable<KeyValuePair<string, string>> asked) =>
        string.Join(", ", asked.Select(one => $"{one.Key} = {one.Value}"));

    /// <summary>Describes what is wrong with a request, in a sentence.</summary>
    public static string Why(ContentAnswer answer) =>
        answer.Reasons switch
        {
            [ContentReasons.UnitUndefined, ContentReasons.DefinitionNone] =>
                "The ad unit isn't defined, nor is any other.",
            [ContentReasons.UnitUndefined] => "The ad unit isn't defined.",
            [ContentReasons.SizeUndefined] => "The ad unit is defined, but none of these sizes.",
            [ContentReasons.ParameterUndefined] => "The ad unit and size are defined, but not all parameter values.",
            [ContentReasons.SizeUndefined, ContentReasons.ParameterUndefined] =>
                "The ad unit is defined, but none of these sizes and not every parameter value.",
            _ => "It matches a definition.",
        };
}
