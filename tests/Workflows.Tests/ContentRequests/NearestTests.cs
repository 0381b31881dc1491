using Engine.Workflows.ContentRequests.Decision;
using Engine.Workflows.ContentRequests.Events;
using Engine.Workflows.ContentRequests.Settings;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Workflows.Tests.ContentRequests;

/// <summary>Which definition answers what isn't valid.</summary>
public class NearestTests
{
    private static string? Nearest(
        string unit,
        string sizes,
        string? parameters,
        params (string, string)[] definitions
    ) =>
        new ContentRun(definitions)
            .Answer(
                new Ask("r")
                {
                    Unit = unit,
                    Sizes = sizes,
                    Parameters = parameters,
                }
            )
            .Definition;

    [Fact]
    public void Differences_of_width_and_height_are_added() =>
        // 10 + 10 against 0 + 19 and 21 + 0.
        Assert.Equal(
            "b",
            Nearest(
                "u",
                "[[100,100]]",
                null,
                ContentRun.Definition("a", "u", "[[110,110]]"),
                ContentRun.Definition("b", "u", "[[100,119]]"),
                ContentRun.Definition("c", "u", "[[79,100]]")
            )
        );

    [Fact]
    public void The_closest_of_all_pairs_of_sizes_counts() =>
        Assert.Equal(
            "b",
            Nearest(
                "u",
                "[[1000,1000],[50,50]]",
                null,
                ContentRun.Definition("a", "u", "[[60,60],[990,995]]"),
                ContentRun.Definition("b", "u", "[[1,1],[50,57]]")
            )
        );

    [Fact]
    public void A_parameter_that_is_not_allowed_counts_as_a_thousand()
    {
        string parameters = """{"color":"blue"}""";
        (string, string) near = ContentRun.Definition("near", "u", "[[100,100]]"),
            at999 = ContentRun.Definition("far", "u", "[[1099,100]]", """{"color":["blue"]}"""),
            at1000 = ContentRun.Definition("far", "u", "[[1100,100]]", """{"color":["blue"]}"""),
            at1001 = ContentRun.Definition("far", "u", "[[1101,100]]", """{"color":["blue"]}""");
        Assert.Equal("far", Nearest("u", "[[100,100]]", parameters, near, at999));
        Assert.Equal("far", Nearest("u", "[[100,100]]", parameters, near, at1000)); // equally near: by id
        Assert.Equal("near", Nearest("u", "[[100,100]]", parameters, near, at1001));
        Assert.Equal("far", Nearest("u", "[[100,100]]", """{"color":"blue","x":"1"}""", near, at1000));
    }

    [Fact]
    public void Largest_sizes_do_not_overflow() =>
        Assert.Equal(
            "b",
            Nearest(
                "u",
                "[[0,0]]",
                null,
                ContentRun.Definition("a", "u", "[[2147483647,2147483647]]"),
                ContentRun.Definition("b", "u", "[[2147483647,2147483646]]")
            )
        );

    [Fact]
    public void Equals_go_by_id() =>
        Assert.Equal(
            "a",
            Nearest(
                "u",
                "[[100,100]]",
                null,
                ContentRun.Definition("b", "u", "[[101,100]]"),
                ContentRun.Definition("a", "u", "[[100,99]]")
            )
        );

    [Theory]
    // That unit itself first, then those below it, nearest first.
    [InlineData("news/front", "news/front/top", "news/front/top/left", 0)]
    [InlineData("news/front", "news/front/top/left", "news/front/top", 1)]
    // Then one level up: its own definition before those below.
    [InlineData("news/front/side", "news/front/top", "news/front", 1)]
    [InlineData("news/front/side", "news/front/top", "news", 0)]
    [InlineData("news/front/side", "sport", "news/other", 1)]
    [InlineData("news/front/side/deep", "news/x", "news/front/a/b/c", 1)]
    // To the top of the hierarchy: the fewest levels first.
    [InlineData("weather", "news/front/top", "sport/home", 1)]
    // A unit isn't above another because its name begins with it.
    [InlineData("news", "newsroom", "news/a/b/c", 1)]
    [InlineData("news/front/x", "news/frontpage", "news/front/y/z", 1)]
    // Levels may be empty, and are levels then.
    [InlineData("/site/home", "site/home", "/site/other", 1)]
    [InlineData("news/", "news/a/b", "news", 1)]
    public void An_undefined_unit_is_answered_by_climbing(string unit, string first, string second, int expected)
    {
        // The farther one is nearer by description: the hierarchy goes first.
        string?[] ids = ["d-0", "d-1"];
        ContentAnswer answer = new ContentRun(
            ContentRun.Definition("d-0", first, expected == 0 ? "[[999,999]]" : "[[300,250]]"),
            ContentRun.Definition("d-1", second, expected == 1 ? "[[999,999]]" : "[[300,250]]")
        ).Answer(new Ask("r") { Unit = unit });
        Assert.Equal((Validity.InvalidUnit, ids[expected]), (answer.Validity, answer.Definition));
        Assert.Equal(["unit.undefined"], answer.Reasons);
        Assert.Equal(new AdSize(999, 999), answer.Size);
    }

    [Fact]
    public void Among_equally_near_units_the_nearest_description_answers() =>
        Assert.Equal(
            "b",
            Nearest(
                "news/x",
                "[[100,100]]",
                null,
                ContentRun.Definition("a", "news/front", "[[300,250]]"),
                ContentRun.Definition("b", "news/back", "[[120,100]]"),
                ContentRun.Definition("c", "news/a/b", "[[100,100]]")
            )
        );

    [Fact]
    public void And_of_equally_near_descriptions_the_first_by_id() =>
        Assert.Equal(
            "a",
            Nearest(
                "news/x",
                "[[100,100]]",
                null,
                ContentRun.Definition("b", "news/front", "[[110,100]]"),
                ContentRun.Definition("a", "news/back", "[[100,110]]")
            )
        );

    /// <summary>The text of systems.md, read word by word and slowly.</summary>
    [Fact]
    public void The_index_finds_what_climbing_step_by_step_finds()
    {
        KeyValuePair<string, string>[] parameters = [new("p", "2")];
        Prop.ForAll(Drawn.ToArbitrary(), drawn =>
            {
                (Sponsor sponsor, string asked, AdSize[] requested) = drawn;
                DefinitionSetting? found = sponsor.Find(asked, requested, parameters, out Validity validity);
                DefinitionSetting expected = Slowly(sponsor.Definitions, asked, requested, parameters);
                Assert.Equal(expected.Id, found!.Id);
                bool defined = sponsor.Definitions.Any(d => d.Unit == asked);
                bool valid = sponsor.Definitions.Any(d =>
                    d.Unit == asked
                    && d.Sizes.Intersect(requested).Any()
                    && parameters.All(p =>
                        d.Allowed.TryGetValue(p.Key, out string[]? allowed) && allowed.Contains(p.Value)
                    )
                );
                Assert.Equal(
                    valid ? Validity.Valid
                        : defined ? Validity.InvalidFormat
                        : Validity.InvalidUnit,
                    validity
                );
            })
            .QuickCheckThrowOnFailure();
    }

    /// <summary>
    /// Whatever is asked: of one definition that there is, its item and one of its sizes, the request's own where it
    /// can be.
    /// </summary>
    [Fact]
    public void Every_answer_conforms_to_one_definition()
    {
        Prop.ForAll(Drawn.ToArbitrary(), drawn =>
            {
                (Sponsor sponsor, string asked, AdSize[] requested) = drawn;
                ContentAnswer answer = ContentJudge.Conforming(
                    sponsor,
                    "r",
                    asked,
                    requested,
                    [new("p", "2")],
                    DeciderRun.Start,
                    "s-1"
                );
                DefinitionSetting definition = Assert.Single(sponsor.Definitions, one => one.Id == answer.Definition);
                Assert.Equal(definition.Item, answer.Item);
                Assert.Contains(answer.Size!.Value, definition.Sizes);
                Assert.Equal(requested.Intersect(definition.Sizes).Any(), requested.Contains(answer.Size.Value));
                Assert.Equal(answer.Validity == Validity.Valid, answer.Reasons.Count == 0);
            })
            .QuickCheckThrowOnFailure();
    }

    /// <summary>A sponsor with some definitions, a unit that is asked for, and sizes.</summary>
    private static Gen<(Sponsor, string, AdSize[])> Drawn
    {
        get
        {
            Gen<string> unit = Gen.NonEmptyListOf(Gen.Elements("a", "b", "ab"))
                .Select(levels => string.Join('/', levels.Take(4)));
            Gen<string> sizes = Gen.NonEmptyListOf(Gen.Choose(1, 5))
                .Select(numbers =>
                    $"[{string.Join(',', numbers.Take(3).Select(n => $"[{n * 100},{n * 7 % 5 * 100}]"))}]"
                );
            Gen<string> values = Gen.Elements("{}", """{"p":["1"]}""", """{"p":["1","2"],"q":["3"]}""");
            Gen<(string Unit, string Sizes, string Values)> definition = unit.SelectMany(u =>
                sizes.SelectMany(s => values.Select(v => (u, s, v)))
            );
            return Gen.NonEmptyListOf(definition)
                .SelectMany(definitions =>
                    unit.SelectMany(u =>
                        sizes.Select(s =>
                            (
                                ContentRun.SponsorOf([
                                    .. definitions.Select(
                                        (d, i) => ContentRun.Definition($"d{i:00}", d.Unit, d.Sizes, d.Values)
                                    ),
                                ]),
                                u,
                                AdSize.ReadList(System.Text.Json.JsonDocument.Parse(s).RootElement, out _, out _)!
                            )
                        )
                    )
                );
        }
    }

    private static DefinitionSetting Slowly(
        IEnumerable<DefinitionSetting> definitions,
        string unit,
        AdSize[] sizes,
        KeyValuePair<string, string>[] parameters
    )
    {
        string[] levels = unit.Split('/');
        for (int at = levels.Length; at >= 0; at--)
        {
            string[] above = levels[..at];
            var below = definitions
                .Select(d => (Definition: d, Levels: d.Unit.Split('/')))
                .Where(d => d.Levels.Length >= at && d.Levels.AsSpan(0, at).SequenceEqual(above))
                .ToList();
            if (below.Count == 0)
            {
                continue;
            }

            return below
                .OrderBy(d => d.Levels.Length)
                .ThenBy(d => Far(d.Definition))
                .ThenBy(d => d.Definition.Id, StringComparer.Ordinal)
                .First()
                .Definition;
        }
        throw new InvalidOperationException("there is no definition");

        long Far(DefinitionSetting d) =>
            sizes
                .SelectMany(
                    _ => d.Sizes,
                    (a, b) => Math.Abs(a.Width - (long)b.Width) + Math.Abs(a.Height - (long)b.Height)
                )
                .Min()
            + 1000
                * parameters.Count(p =>
                    !(d.Allowed.TryGetValue(p.Key, out string[]? allowed) && allowed.Contains(p.Value))
                );
    }
}
