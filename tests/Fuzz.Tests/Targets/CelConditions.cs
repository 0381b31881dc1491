using System.Text;
using Engine.Conditions;
using Fuzz.Tests.Running;

namespace Fuzz.Tests.Targets;

/// <summary>Conditions in CEL: compiled and evaluated, or refused with a place in the source.</summary>
internal sealed class CelConditions : FuzzTarget
{
    private static readonly CelNames Names = Declare();

    public override string Name => "cel-conditions";
    public override int Share => 2;

    public override IReadOnlyList<byte[]> Valid { get; } =
        Examples.Bytes(
            "publisher == 'pub-9' && cost > 20 || share < 0.99 && !proxied",
            "labels.map(x, x + 'a').filter(y, y > 'b').exists(z, z == 'ba') ? true : proxied",
            "publisher.matches('^(a|b)+[0-9]{2,5}$') && publisher.split(',').all(p, p.trim().size() > 0)",
            "timestamp('2026-11-22T19:30:00Z') - duration('1h30m') > at && at.getHours('Europe/Paris') in [1, 2]",
            "{'a': [1, {'b': 2.5}], 'c': null}.a[1].b == 2.5 && has(context.tier) && context['tier'] == r'\\gold'",
            "'abc'.replace('b', 'x', 1).substring(1, 2).indexOf('x') == -1 || int('12') % 5 == 2"
        );

    protected override IEnumerable<string> Tokens =>
        (
            "( ) [ ] { } , . : ? && || ! - + * / % < <= > >= == != in true false null 0 9223372036854775807 1e300 0xff "
            + "'a' ''' \\ x [1,2] {'a':1} // .all(x, .map(x, .exists(x, has( size( int( string( timestamp( duration( "
            + ".matches( .split( .replace( .substring( .getHours( dyn( .join( (?i) [^a] {1,1000} \\p{L} *+ |"
        ).Split(' ');

    public override bool Accepts(ReadOnlySpan<byte> input)
    {
        string source = Encoding.UTF8.GetString(input);
        Condition condition;
        try
        {
            condition = Condition.Compile(source, Names);
        }
        catch (ConditionException mistake)
        {
            Holds(mistake.Line >= 1 && mistake.Line <= source.AsSpan().Count('\n') + 1, $"line {mistake.Line}");
            Holds(mistake.Column >= 1 && mistake.Column <= source.Length + 1, $"column {mistake.Column}");
            return false;
        }

        var values = new Values();
        bool evaluated = condition.TryEvaluate(ref values, out CelValue value, out string? error);
        Holds(evaluated == error is null, "an evaluation has both a value and an error, or neither");
        Holds((evaluated && value.IsTrue) == condition.Test(ref values), "a test isn't what the evaluation is");
        return true;
    }

    private static CelNames Declare()
    {
        CelNames names = new();
        names.Add("publisher", CelType.String, "text");
        names.Add("cost", CelType.Int, "whole number");
        names.Add("proxied", CelType.Bool, "flag");
        names.Add("share", CelType.Double, "number");
        names.Add("labels", CelType.List, "list");
        names.Add("context", CelType.Map, "map");
        names.Add("at", CelType.Timestamp, "time");
        names.Add("any", CelType.Dyn, "anything");
        return names;
    }

    private readonly struct Values : ICelBindings
    {
        private static readonly CelValue[] Slots =
        [
            CelValue.Of("pub-9"),
            CelValue.Of(250_000),
            CelValue.Of(true),
            CelValue.Of(0.98),
            CelValue.Of([CelValue.Of("a"), CelValue.Of("b")]),
            CelValue.Of(new Dictionary<string, CelValue> { ["tier"] = CelValue.Of("gold") }),
            CelValue.Timestamp(1_795_000_000),
            CelValue.Absent,
        ];

        public CelValue Get(int slot) => Slots[slot];
    }
}
