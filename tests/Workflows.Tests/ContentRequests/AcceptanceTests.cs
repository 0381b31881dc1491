using Engine.Workflows.ContentRequests.Decision;
using Engine.Workflows.ContentRequests.Events;
using Engine.Workflows.ContentRequests.Settings;
using Xunit;

namespace Workflows.Tests.ContentRequests;

/// <summary>"Always accept requests like these", and taking it back.</summary>
public class AcceptanceTests
{
    private static readonly Ask Banner = new("")
    {
        Sizes = "[[320,50],[300,50]]",
        Parameters = """{"color":"green"}""",
    };

    private static DefinitionSetting Accept(ContentRun run, IEnumerable<DefinitionSetting>? before = null)
    {
        (string hash, RequestType type) = run.Types().First();
        return Acceptance.Of("sp-1", hash, type, "it-front", "token 12345678", run.Log.Now, before ?? []);
    }

    private static string KeyOf(DefinitionSetting definition) => $"definition/{definition.Sponsor}/{definition.Id}";

    [Fact]
    public void From_then_on_requests_of_the_type_validate_on_receipt_until_it_is_undone()
    {
        var run = new ContentRun(ContentRun.FrontTop);
        run.Repeat(10, Banner);
        DefinitionSetting accepted = Accept(run);
        run.Log.Setting(KeyOf(accepted), accepted.ToJson());
        run.Log.Now += 2001;
        ContentAnswer answer = run.Answer(Banner with { Id = "after" });
        Assert.Equal(
            (Validity.Valid, accepted.Id, "it-front", new AdSize(320, 50)),
            (answer.Validity, answer.Definition, answer.Item, answer.Size!.Value)
        );
        Assert.Equal(10, run.Types().Single().Value.Requests);

        run.Log.Setting(
            KeyOf(accepted),
            (accepted with { Undone = new Signed("token 12345678", run.Log.Now) }).ToJson()
        );
        run.Log.Now += 2001;
        answer = run.Answer(Banner with { Id = "undone" });
        Assert.Equal((Validity.InvalidFormat, "front-top"), (answer.Validity, answer.Definition));
        Assert.Equal(11, run.Types().Single().Value.Requests);
    }

    [Fact]
    public void The_record_says_who_and_when_and_the_taking_back_too()
    {
        var run = new ContentRun(ContentRun.FrontTop);
        run.Repeat(1, Banner);
        DefinitionSetting accepted = Accept(run);
        string hash = run.Types().Single().Key;
        Assert.Equal(
            $$$"""{"unit":"news/front/top","sizes":[[300,50],[320,50]],"parameters":{"color":["green"]},"item":"it-front","accepted":{"type":"{{{hash}}}","by":"token 12345678","time":{{{run.Log.Now}}}}}""",
            accepted.ToJson()
        );
        DefinitionSetting undone = accepted with { Undone = new Signed("token 9", 5) };
        var read = (DefinitionSetting)new ContentRun.SettingRecordsReader().Parse(KeyOf(undone), undone.ToJson());
        Assert.Equal((accepted.Accepted, new Signed("token 9", 5)), (read.Accepted, read.Undone));
        Assert.Equal(undone.ToJson(), read.ToJson());
    }

    [Fact]
    public void Accepting_twice_makes_one_definition_and_accepting_again_after_undoing_a_new_one()
    {
        var run = new ContentRun(ContentRun.FrontTop);
        run.Repeat(1, Banner);
        DefinitionSetting first = Accept(run),
            second = Accept(run, [first]);
        Assert.Equal(first.Id, second.Id);
        DefinitionSetting undone = first with { Undone = new Signed("x", 1) };
        Assert.Equal(first.Id + "-2", Accept(run, [undone]).Id);
    }

    [Fact]
    public void Valid_requests_go_on_being_answered_by_the_sponsors_own_definitions()
    {
        var run = new ContentRun(ContentRun.Definition("zz", "u", "[[300,250]]"));
        run.Repeat(1, new Ask("") { Unit = "u", Parameters = """{"color":"green"}""" });
        DefinitionSetting accepted = Accept(run);
        run.Log.Setting(KeyOf(accepted), accepted.ToJson());
        run.Log.Now += 2001;
        Assert.Equal("zz", run.Answer(new Ask("plain") { Unit = "u" }).Definition);
        Assert.Equal(
            accepted.Id,
            run.Answer(new Ask("green") { Unit = "u", Parameters = """{"color":"green"}""" }).Definition
        );
    }

    [Fact]
    public void The_preview_tells_what_of_the_last_week_would_be_answered_in_another_way()
    {
        var run = new ContentRun(ContentRun.FrontTop);
        Ask mobile = Banner with { Sizes = "[[320,50]]", Parameters = null },
            side = new Ask("") { Unit = "news/front/side", Sizes = "[[320,50]]" };
        run.Repeat(12, Banner, "a")
            .Repeat(5, mobile, "b")
            .Repeat(3, side, "c")
            .Repeat(2, new Ask("") { Unit = "sport" }, "d");
        Sponsor sponsor = ContentRun.SponsorOf(ContentRun.FrontTop);
        Dictionary<string, RequestType> types = run.Types();
        (string hash, RequestType type) = types.Single(entry => entry.Value.Requests == 12);
        DefinitionSetting added = Acceptance.Of("sp-1", hash, type, "it-front", "me", run.Log.Now, []);
        List<AcceptanceChange> changes = Acceptance.Preview(sponsor, [added], types, run.Log.Now);
        // Banner and what fits into it become valid; the side's is answered by the new one, as it is nearer; sport's
        // isn't.
        Assert.Equal(
            [
                (12, Validity.InvalidFormat, Validity.Valid),
                (5, Validity.InvalidFormat, Validity.Valid),
                (3, Validity.InvalidUnit, Validity.InvalidUnit),
            ],
            changes.Select(change => (change.Requests, change.Before.Validity, change.After.Validity))
        );
        Assert.All(changes, change =>
            Assert.Equal(("front-top", added.Id), (change.Before.Definition, change.After.Definition))
        );
        Assert.Empty(Acceptance.Preview(sponsor, [added], types, run.Log.Now + 8 * 86_400_000L));
    }
}
