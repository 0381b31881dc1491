using System.Text;
using Engine.Client;
using Xunit;

namespace Ingest.Tests.Client;

public class VerdictTests
{
    [Fact]
    public void What_a_verdict_leaves_out_is_filled_in()
    {
        Verdict verdict = VerdictLookup.Read(
            "c-1",
            """{"class":"valid","score":0.02,"band":"allow","action":"accept","billable":true,"model":"m","settings":"s-base"}"""u8
        );
        Assert.Equal(
            ("c-1", "valid", 0.02, true, "none", null, null),
            (verdict.Click, verdict.Class, verdict.Score, verdict.Billable, verdict.Path, verdict.Time, verdict.At)
        );
        Assert.Empty(verdict.Reasons);
        Assert.Empty(verdict.Evidence);
    }

    [Fact]
    public void What_a_verdict_says_is_read()
    {
        Verdict verdict = VerdictLookup.Read(
            "c-1",
            """
            {"click":"c-1","class":"sivt","score":0.974,"band":"block","action":"deny","billable":false,"reasons":["cursor.replay","rate.visitor"],
             "evidence":{"cursor.replay":{"residual_px":1.4},"rate.visitor":{"count":41}},"path":"present","time":1763769600123,"at":"interactions-2@118233",
             "model":"clicks-77b0+cursor-3f9a","settings":"s-118"}
            """u8
        );
        Assert.Equal(["cursor.replay", "rate.visitor"], verdict.Reasons);
        Assert.Equal(1.4, (double)verdict.Evidence["cursor.replay"]!["residual_px"]!);
        Assert.Equal(
            (1763769600123, "interactions-2@118233", "present"),
            (verdict.Time!.Value, verdict.At, verdict.Path)
        );
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("x")]
    [InlineData(
        """{"class":1,"score":0.974,"band":"block","action":"deny","billable":false,"model":"m","settings":"s"}"""
    )]
    public void What_is_no_verdict_is_told_of(string json) =>
        Assert.Throws<FormatException>(() => VerdictLookup.Read("c-1", Encoding.UTF8.GetBytes(json)));
}
