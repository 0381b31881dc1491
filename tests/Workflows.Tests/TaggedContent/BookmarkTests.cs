using System.Text.Json.Nodes;
using Engine.Contracts;
using Engine.Workflows.TaggedContent;
using Engine.Workflows.TaggedContent.Decision;
using Engine.Workflows.TaggedContent.Events;
using Xunit;

namespace Workflows.Tests.TaggedContent;

/// <summary>Who has which bookmark.</summary>
public sealed class BookmarkTests : IDisposable
{
    private readonly DeciderRun _run = new(new TaggedContentWorkflow(), new BookmarkDecider());
    private int _sent;

    public void Dispose() => _run.Dispose();

    [Fact]
    public void Phrases_that_compare_as_equal_are_one_bookmark()
    {
        Send("p-1", "\"phrase\":\"Straße\",\"tags\":[\"street\",\"word\",\"word\"]");
        Send("p-2", "\"phrase\":\" STRASSE \",\"tags\":[\"word\"]");
        JsonNode record = Record("strasse");
        Assert.Equal(
            $$$"""{"phrase":"Straße","persons":2,"tags":{"word":2,"street":1},"first":{{{DeciderRun.Start}}},"last":{{{DeciderRun.Start + 1000}}},"at":"bookmarks-0@1"}""",
            record.ToJsonString(Relaxed)
        );
        Assert.Single(_run.Values);
    }

    [Fact]
    public void Sending_again_replaces_tags_and_source_of_that_person_alone()
    {
        Send("p-1", "\"phrase\":\"a\",\"tags\":[\"x\"],\"source\":\"case-1\"");
        Send("p-2", "\"phrase\":\"a\",\"tags\":[\"x\"]");
        Send("p-1", "\"phrase\":\"a\",\"tags\":[\"y\"]");
        JsonNode record = Record("a");
        Assert.Equal("""{"x":1,"y":1}""", record["tags"]!.ToJsonString());
        Assert.Equal(2, (int)record["persons"]!);
        Assert.Equal(DeciderRun.Start, (long)record["first"]!);
        Assert.Equal(2, _run.Remembered.Count);
        Assert.DoesNotContain("case-1", string.Join(' ', _run.Remembered.Values));
    }

    [Fact]
    public void Who_gives_it_up_counts_no_longer()
    {
        Send("p-1", "\"phrase\":\"a\",\"tags\":[\"x\"]");
        Send("p-2", "\"phrase\":\"a\"");
        Send("p-1", "\"phrase\":\"A\"", "bookmark-removed");
        Assert.Equal((1, "{}"), ((int)Record("a")["persons"]!, Record("a")["tags"]!.ToJsonString()));
        Send("p-2", "\"phrase\":\"a\"", "bookmark-removed");
        Send("p-3", "\"phrase\":\"a\"", "bookmark-removed");
        Assert.Equal((0, "bookmarks-0@3"), ((int)Record("a")["persons"]!, (string?)Record("a")["at"]));
        Assert.Empty(_run.Remembered);
    }

    [Fact]
    public void Bookmarks_outlast_a_takeover()
    {
        Send("p-1", "\"phrase\":\"a\",\"tags\":[\"x\"],\"source\":\"case-1\"");
        Send("p-1", "\"address\":\"https://shop.example/p\"");
        _run.TakeOver();
        _run.Now += 7_200_000;
        Send("p-2", "\"phrase\":\"a\",\"tags\":[\"x\"]");
        Send("p-2", "\"address\":\"HTTPS://Shop.example:443/p#top\"");
        Assert.Equal("""{"x":2}""", Record("a")["tags"]!.ToJsonString());
        JsonNode address = JsonNode.Parse(_run.Values[BookmarkKeys.Record(BookmarkKey.Of("https://shop.example/p"))])!;
        Assert.Equal(("https://shop.example/p", 2), ((string?)address["address"], (int)address["persons"]!));
    }

    [Theory]
    [InlineData("\"tags\":[]", DeadLetterReason.MissingField, "phrase")]
    [InlineData("\"phrase\":\"\"", DeadLetterReason.OutOfRange, "phrase")]
    [InlineData("\"phrase\":\" \\u00AD\\u200B\"", DeadLetterReason.OutOfRange, "phrase")]
    [InlineData("\"address\":\"javascript:f()\"", DeadLetterReason.OutOfRange, "address")]
    [InlineData("\"address\":\"shop.example\"", DeadLetterReason.OutOfRange, "address")]
    [InlineData("\"phrase\":\"a\",\"tags\":[1]", DeadLetterReason.WrongType, "tags")]
    public void What_cannot_be_compared_is_a_dead_letter(string fields, DeadLetterReason reason, string detail)
    {
        Send("p-1", fields);
        Assert.Equal((reason, detail), (_run.DeadLetters.Single().Reason, _run.DeadLetters.Single().Detail));
        Assert.Empty(_run.Values);
    }

    [Fact]
    public void A_phrase_counts_before_an_address()
    {
        Send("p-1", "\"address\":\"https://shop.example/\",\"phrase\":\"a\"");
        Assert.Equal("a", (string?)Record("a")["phrase"]);
        Assert.Equal(0, _run.Counts.KeysMismatched);
    }

    private static readonly System.Text.Json.JsonSerializerOptions Relaxed = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private JsonNode Record(string compared) =>
        JsonNode.Parse(_run.Values[BookmarkKeys.Record(BookmarkKey.Of(compared))])!;

    private void Send(string person, string fields, string type = "bookmark")
    {
        string json =
            $$"""{"type":"{{type}}","id":"k-{{_sent++}}","time":{{_run.Now}},"person":"{{person}}",{{fields}}}""";
        _run.Send(
            json,
            Engine
                .Contracts.Events.EventCheck.Inspect(
                    System.Text.Encoding.UTF8.GetBytes(json),
                    Engine.Workflows.WorkflowEvents.All
                )
                .Key
                ?? ""
        );
        _run.Now += 1000;
    }
}
