using System.Globalization;
using Engine.Contracts;
using Engine.Pipeline.Features;
using Engine.Pipeline.Settings;
using Tests.Support;
using Xunit;

namespace Pipeline.Tests.Documents;

public sealed class DocumentTests
{
    [Fact]
    public void Reasons_are_documented_as_they_are() =>
        Document.Is(
            "reasons.md",
            $"""
            # Reasons

            Every reason that a verdict can give, strongest first within its class, with what it goes by where `settings` says nothing. A record
            `reason/<code>` changes it: `class`, `limit`, `window_s`, `over`, `min_clicks`, `shadow`, `off`. Above its limit a reason holds, at it not;
            `click.double` holds up to its limit. Rules add `rule.<id>`, allow lists `allow.<id>`. Made from the code by `DocumentTests`.

            {Document.Table(
                ["code", "class", "when", "limit", "window", "from clicks", "evidence"],
                Reasons.Table.Select(Row)
            )}
            """
        );

    [Fact]
    public void What_rules_may_name_is_documented_as_it_is() =>
        Document.Is(
            "rules.md",
            $$"""
            # What rules may name

            A rule's `when` is a condition in CEL (docs/conditions.md) over these names, checked when the rule is loaded. A text that the click doesn't
            have is absent: `has(click.visitor)` is false, and a comparison with it makes the rule not match. Made from the code by `DocumentTests`.

            {{Document.Table(
                ["name", "type", "meaning"],
                ClickNames.Names.Select(name =>
                    (string[])[$"`{name.Name}`", name.Type.ToString().ToLowerInvariant(), name.About]
                )
            )}}
            """
        );

    [Fact]
    public void Features_are_documented_as_they_are() =>
        Document.Is(
            "features.md",
            $"""
            # Features of the click forest

            In the order of the forest's columns. An artefact names its features and their order; one that doesn't fit is refused with both lists.
            A window is the hop that the click lies in and the whole hops before it: hops of 10 s in a minute, 60 s in ten, 600 s in an hour. Made from the code by `DocumentTests`.

            {Document.Table(
                ["column", "feature", "unit", "meaning"],
                ClickFeatures.Table.Select(
                    (feature, i) =>
                        (string[])
                            [
                                i.ToString(CultureInfo.InvariantCulture),
                                $"`{feature.Name}`",
                                feature.Unit,
                                feature.Meaning,
                            ]
                )
            )}
            """
        );

    [Fact]
    public void There_is_a_feature_for_each_column_and_a_row_for_each_reason()
    {
        Assert.Equal(Enum.GetValues<ClickFeature>().Length, ClickFeatures.Count);
        Assert.Equal(Enum.GetValues<Reason>(), Reasons.Table.Select(entry => entry.Reason));
        Assert.Equal(Reasons.Count, Reasons.Table.Select(entry => entry.Code).Distinct().Count());
        Assert.All(Reasons.Table, entry => Assert.Equal(entry.Reason, Reasons.Of(entry.Code)));
    }

    private static string[] Row(ReasonEntry entry)
    {
        ReasonSetting setting = ReasonDefaults.Of(entry.Reason);
        bool counts = setting.Limit > 0 || entry.Evidence.Contains("count", StringComparison.Ordinal);
        string over = setting.Over != setting.Class ? $", {Word(setting.Over)} over the limit" : "";
        return
        [
            $"`{entry.Code}`",
            Word(entry.Class) + over,
            entry.Meaning,
            counts ? setting.Limit.ToString(CultureInfo.InvariantCulture) : "",
            entry.Evidence.Contains("window_s", StringComparison.Ordinal) ? $"{setting.WindowSeconds} s" : "",
            setting.MinClicks > 0 ? setting.MinClicks.ToString(CultureInfo.InvariantCulture) : "",
            entry.Evidence,
        ];
    }

    private static string Word(ReasonClass @class) => @class.ToString().ToLowerInvariant();
}
