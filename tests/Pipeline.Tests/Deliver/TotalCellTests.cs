using System.Text;
using Engine.Contracts;
using Engine.Partitions;
using Engine.Pipeline.Deliver;
using Xunit;

namespace Pipeline.Tests.Deliver;

/// <summary>
/// What a step says of one total: first by how much its fields grow, and once Redis has answered, their sums.
/// </summary>
public class TotalCellTests
{
    private readonly TotalCell _cell = new() { Key = [1] };

    [Fact]
    public void What_is_not_known_is_added_to_and_what_is_known_is_said()
    {
        _cell.AddClick(VerdictClass.Valid, 100);
        _cell.AddClick(VerdictClass.Valid, 50);
        Assert.Equal("4 0 0 clicks 2 cost_micros 150 clicks:valid 2 cost_micros:valid 150", Step());
        Answered("DONE 12 1150 7 900");
        _cell.AddClick(VerdictClass.Valid, 1);
        _cell.AddClick(VerdictClass.Givt, 30);
        Assert.Equal(
            "2 4 0 clicks:givt 1 cost_micros:givt 30 clicks 14 cost_micros 1181 clicks:valid 8 cost_micros:valid 901",
            Step()
        );
        Answered("DONE 3 90");
        _cell.AddClick(VerdictClass.Givt, 0);
        Assert.Equal("0 2 0 clicks 15 clicks:givt 4", Step());
    }

    [Fact]
    public void What_is_counted_while_a_step_is_under_way_waits_for_the_next()
    {
        _cell.AddClick(VerdictClass.Valid, 10);
        _cell.Begin();
        _cell.AddClick(VerdictClass.Valid, 5);
        Assert.Equal("4 0 1 clicks 1 cost_micros 10 clicks:valid 1 cost_micros:valid 10", Arguments(renew: true));
        // sent again, it says the same
        Assert.Equal("4 0 1 clicks 1 cost_micros 10 clicks:valid 1 cost_micros:valid 10", Arguments(renew: true));
        Answered("DONE 1 10 1 10");
        Assert.Equal("0 4 0 clicks 2 cost_micros 15 clicks:valid 2 cost_micros:valid 15", Step());
    }

    [Fact]
    public void A_step_that_was_done_before_its_answer_was_lost_tells_no_sums_so_fields_are_added_to_again()
    {
        _cell.AddClick(VerdictClass.Valid, 0);
        Assert.Equal("2 0 0 clicks 1 clicks:valid 1", Step());
        Answered("DONE");
        _cell.AddClick(VerdictClass.Valid, 0);
        Assert.Equal("2 0 0 clicks 1 clicks:valid 1", Step());
    }

    [Fact]
    public void Rules_and_lists_come_with_their_codes()
    {
        _cell.AddClick(VerdictClass.Valid, 7);
        _cell.AddCode("rule.r-1", 7);
        _cell.AddCode("allow.office", 7);
        Step();
        Answered("DONE 1 7 1 7 21 22 31 32");
        _cell.AddCode("allow.office", 1);
        _cell.AddConfirmation(0);
        Assert.Equal(
            $"1 2 0 clicks:reason:{Reasons.Table[0].Code} 1 clicks:reason:allow.office 32 "
                + $"cost_micros:reason:allow.office 33",
            Step()
        );
    }

    [Fact]
    public void All_clicks_of_an_hour_are_what_its_campaigns_send()
    {
        var other = new TotalCell { Key = [2] };
        _cell.AddClick(VerdictClass.Valid, 7);
        _cell.AddCode("rule.r-1", 7);
        other.AddClick(VerdictClass.Sivt, 5);
        other.AddCode("allow.office", 5);
        other.AddCode("rule.r-1", 5);
        _cell.Begin();
        other.Begin();
        var hour = new TotalCell { Key = [3] };
        hour.Begin();
        hour.Include(_cell);
        hour.Include(other);
        Assert.Equal(
            "10 0 0 clicks 2 cost_micros 12 clicks:valid 1 cost_micros:valid 7 clicks:sivt 1 cost_micros:sivt 5 "
                + "clicks:reason:rule.r-1 2 cost_micros:reason:rule.r-1 12 clicks:reason:allow.office 1 "
                + "cost_micros:reason:allow.office 5",
            Arguments(hour.Write)
        );
        Assert.Equal((1, 5, 1, 5), other.Sending);
    }

    [Fact]
    public void A_days_sums_are_added_to_until_they_are_known()
    {
        var day = new DaySums("d");
        Assert.True(day.Add("cmp-1", (2, 20, 0, 0)));
        Assert.False(day.Add("cmp-2", (1, 10, 1, 10)));
        Assert.False(day.Add("cmp-1", (1, 10, 0, 0)));
        Assert.Equal(
            "6 0 0 cmp-1 3 cmp-1 cost_micros 30 cmp-2 1 cmp-2 cost_micros 10 cmp-2 invalid 1 "
                + "cmp-2 invalid_cost_micros 10",
            Arguments(day.Write)
        );
        var sums = new SumReader("DONE 13 130 1 10 1 10"u8);
        day.Acknowledge(ref sums);
        Assert.True(day.Add("cmp-1", (1, 5, 1, 5)));
        Assert.Equal(
            "2 2 0 cmp-1 invalid 1 cmp-1 invalid_cost_micros 5 cmp-1 14 cmp-1 cost_micros 135",
            Arguments(day.Write)
        );
        sums = new SumReader("DONE"u8);
        day.Acknowledge(ref sums);
        day.Add("cmp-1", (0, 0, 1, 5));
        Assert.Equal("2 0 0 cmp-1 invalid 1 cmp-1 invalid_cost_micros 5", Arguments(day.Write));
    }

    private string Step()
    {
        _cell.Begin();
        return Arguments(renew: false);
    }

    /// <summary>The values of the arguments, one behind another.</summary>
    private string Arguments(bool renew) => Arguments(_cell.Write, renew);

    private static string Arguments(Action<PipelinedCommit, bool> write, bool renew = false)
    {
        var commit = new PipelinedCommit();
        write(commit, renew);
        string[] parts = Encoding.ASCII.GetString(commit.Blocks).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        return string.Join(' ', parts.Where((_, i) => i % 2 == 1));
    }

    private void Answered(string reply)
    {
        var sums = new SumReader(Encoding.ASCII.GetBytes(reply));
        _cell.Acknowledge(ref sums);
    }
}
