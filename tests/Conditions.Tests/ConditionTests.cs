using System.Runtime.CompilerServices;
using Engine.Conditions;
using Xunit;

namespace Conditions.Tests;

public sealed class ConditionTests
{
    private const string FiveComparisons =
        "click.publisher == 'pub-9' && click.cost_micros >= 100000 && click.proxied == true && windows.visitor_60s "
        + "> 20 && path.straightness < 0.99";

    [Theory]
    [InlineData(FiveComparisons, true)]
    [InlineData("click.publisher in ['pub-1', 'pub-9'] && click.proxied", true)]
    [InlineData("context.tier == 'gold' && has(context.tier) && !has(context.other)", true)]
    [InlineData("click.labels.exists(label, label == 'b')", true)]
    [InlineData("message.body == 1 || click.proxied", true)]
    [InlineData("message.body == 1 || !click.proxied", false)]
    [InlineData("has(message.body)", false)]
    [InlineData("has(click.publisher)", true)]
    [InlineData("click.at.getHours('UTC') == 11", true)]
    [InlineData("[click.cost_micros].exists(click, click == 250000 && .click.proxied)", true)]
    public void A_rule_on_a_click_gives(string source, bool expected)
    {
        Clicks.Values click = Clicks.Of();
        Assert.Equal(expected, Condition.Compile(source, Clicks.Names(), CelType.Bool).Test(ref click));
    }

    [Fact]
    public void A_name_without_a_value_is_an_error_of_the_evaluation_that_says_which()
    {
        Clicks.Values click = Clicks.Of();
        Assert.False(
            Condition.Compile("message.body > 1", Clicks.Names()).TryEvaluate(ref click, out _, out string? error)
        );
        Assert.Equal("no such attribute: message.body", error);
    }

    [Fact]
    public void A_name_is_asked_for_only_when_the_evaluation_comes_to_it()
    {
        Clicks.Values click = Clicks.Of(publisher: "another");
        Assert.False(Condition.Compile(FiveComparisons, Clicks.Names()).Test(ref click));
        Assert.Equal(1, click.Asked);
    }

    [Fact]
    public void Slots_are_those_of_the_names_that_are_read()
    {
        Assert.Equal(
            [0, 3, 8],
            Condition
                .Compile("windows.visitor_60s > 1 && click.publisher == 'x' && has(message.body)", Clicks.Names())
                .Slots
        );
        Assert.Empty(Condition.Compile("[1].exists(x, x == 1)", Clicks.Names()).Slots);
    }

    [Fact]
    public void An_int_is_taken_where_a_double_is_expected_and_comes_as_one()
    {
        Clicks.Values click = Clicks.Of();
        Assert.True(
            Condition.Compile("5", Clicks.Names(), CelType.Double).TryEvaluate(ref click, out CelValue value, out _)
        );
        Assert.Equal(CelKind.Double, value.Kind);
    }

    [Fact]
    public void A_result_known_only_at_evaluation_is_held_to_the_expected_type()
    {
        Clicks.Values click = Clicks.Of();
        Assert.False(
            Condition
                .Compile("context.tier", Clicks.Names(), CelType.Int)
                .TryEvaluate(ref click, out _, out string? error)
        );
        Assert.Equal("expected int, but the condition returned string", error);
    }

    [Fact]
    public void Bindings_of_a_class_work_as_those_of_a_struct()
    {
        Boxed bindings = new();
        ICelBindings asInterface = bindings;
        Condition condition = Condition.Compile("click.cost_micros == 7", Clicks.Names());
        Assert.True(condition.Test(ref bindings));
        Assert.True(condition.Test(ref asInterface));
    }

    [Fact]
    public void Five_comparisons_allocate_nothing()
    {
        Clicks.Values click = Clicks.Of();
        Condition condition = Condition.Compile(FiveComparisons, Clicks.Names(), CelType.Bool);
        Condition absent = Condition.Compile(
            "message.body > 3 || click.publisher.startsWith('pub-') && click.cost_micros * 2 + 1 > 7",
            Clicks.Names()
        );
        for (int i = 0; i < 1_000; i++)
        {
            Assert.True(condition.Test(ref click) && absent.Test(ref click));
        }
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool all = true;
        for (int i = 0; i < 100_000; i++)
        {
            all &=
                condition.Test(ref click) && absent.Test(ref click) && condition.TryEvaluate(ref click, out _, out _);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(all);
    }

    [Fact]
    public void A_value_is_three_words() => Assert.Equal(24, Unsafe.SizeOf<CelValue>());

    [Fact]
    public void Conditions_are_evaluated_by_many_threads_at_a_time()
    {
        Condition condition = Condition.Compile(
            "[1, 2, 3].map(x, x * click.cost_micros).exists(y, y == 750000)",
            Clicks.Names()
        );
        Parallel.For(0, 1_000, _ =>
        {
            Clicks.Values click = Clicks.Of();
            Assert.True(condition.Test(ref click));
        });
    }

    [Fact]
    public void Every_slot_is_read_as_the_bindings_themselves_give_it()
    {
        Clicks.Values click = Clicks.Of();
        foreach (CelName name in Clicks.Names())
        {
            Condition.Compile(name.Name, Clicks.Names()).TryEvaluate(ref click, out CelValue value, out _);
            Assert.True(click.Get(name.Slot) == value || value.IsError);
        }
    }

    [Theory]
    [InlineData("click.cost_micros == 250000.0", true)]
    [InlineData("path.straightness != 1", true)]
    [InlineData("context.tier != 'gold'", false)]
    [InlineData("context.tier == true", false)]
    [InlineData("context.tier != true", true)]
    [InlineData("context.tier != 5", true)]
    [InlineData("context.tier == 5.5", false)]
    [InlineData("context.tier > 5", false)]
    [InlineData("click.proxied != false", true)]
    [InlineData("!(context.tier == 'gold') || !(message.body == 'x')", false)]
    public void Comparisons_with_constants_hold_for_values_of_any_kind(string source, bool expected)
    {
        Clicks.Values click = Clicks.Of();
        Condition condition = Condition.Compile(source, Clicks.Names());
        Assert.Equal(expected, condition.Test(ref click));
        Assert.Equal(expected, condition.TryEvaluate(ref click, out CelValue value, out _) && value.IsTrue);
    }

    private sealed class Boxed : ICelBindings
    {
        public CelValue Get(int slot) => CelValue.Of(7L);
    }
}
