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

    private string Step()
    {
        _cell.Begin();
        return Arguments(renew: false);
    }

    /// <summary>The values of the arguments, one behind another.</summary>
    private string Arguments(bool renew)
    {
        var commit = new PipelinedCommit();
        _cell.Write(commit, renew);
        string[] parts = Encoding.ASCII.GetString(commit.Blocks).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        return string.Join(' ', parts.Where((_, i) => i % 2 == 1));
    }

    private void Answered(string reply)
    {
        var sums = new SumReader(Encoding.ASCII.GetBytes(reply));
        _cell.Acknowledge(ref sums);
    }
}
