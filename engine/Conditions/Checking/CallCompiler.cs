using Engine.Conditions.Evaluation;
using Engine.Conditions.Functions;
using Engine.Conditions.Syntax;

namespace Engine.Conditions.Checking;

/// <summary>Compiles calls: macros, and functions with their overloads.</summary>
internal sealed class CallCompiler(
    Compiler compiler,
    NameCompiler names,
    Scope scope,
    Mistakes mistakes,
    ConstantFolding folding
)
{
    public Typed Compile(Call call)
    {
        if (call is { Receiver: null, Name: "has", Arguments.Length: 1 })
        {
            return names.Has(call);
        }
        Macro? macro = call.Receiver is null
            ? null
            : (call.Name, call.Arguments.Length) switch
            {
                ("all", 2) => Macro.All,
                ("exists", 2) => Macro.Exists,
                ("exists_one" or "existsOne", 2) => Macro.ExistsOne,
                ("filter", 2) => Macro.Filter,
                ("map", 2 or 3) => Macro.Map,
                _ => null,
            };
        return macro is { } known ? MacroCall(known, call) : FunctionCall(call);
    }

    private Typed MacroCall(Macro macro, Call call)
    {
        if (call.Arguments[0] is not Identifier { Root: false } variable)
        {
            throw mistakes.Fatal(
                call.Arguments[0].Offset,
                $"{call.Name}() takes a variable name first, such as x in list.{call.Name}(x, …)"
            );
        }
        Typed range = compiler.Compile(call.Receiver!);
        if (range.Type.Kind is not (CelType.Dyn or CelType.List or CelType.Map))
        {
            mistakes.Fail(
                call.Offset,
                $"{call.Name}() iterates over a list or a map, but this is {Mistakes.Article(range.Type)}"
            );
        }
        StaticType element = (range.Type.Kind == CelType.Map ? range.Type.Key : range.Type.Element) ?? StaticType.Dyn;
        int local = scope.Enter(variable.Name, element);
        bool tests = macro != Macro.Map || call.Arguments.Length == 3;
        Typed? test = tests ? compiler.Compile(call.Arguments[1]) : null;
        Typed? transform = macro == Macro.Map ? compiler.Compile(call.Arguments[^1]) : null;
        scope.Leave();
        if (test is { } predicate)
        {
            mistakes.RequireBool(predicate.Type, call.Arguments[1], $"{call.Name}()");
        }
        StaticType type = macro switch
        {
            Macro.Filter => StaticType.ListOf(element),
            Macro.Map => StaticType.ListOf(transform!.Value.Type),
            _ => StaticType.Bool,
        };
        return new Typed(new MacroNode(macro, range.Node, local, test?.Node, transform?.Node), type);
    }

    private Typed FunctionCall(Call call)
    {
        bool receiver = call.Receiver is not null;
        Overload[] named = [.. Catalogue.Find(call.Name)];
        Typed[] arguments =
        [
            .. (receiver ? [call.Receiver!] : Array.Empty<Expr>()).Concat(call.Arguments).Select(compiler.Compile),
        ];
        StaticType[] types = [.. arguments.Select(typed => typed.Type)];
        Overload[] fitting =
        [
            .. named.Where(overload =>
                overload.Receiver == receiver && overload.Parameters.Length == types.Length && overload.CouldTake(types)
            ),
        ];
        if (fitting.Length == 0)
        {
            return NoOverload(call, named, types);
        }
        StaticType result = fitting.Select(overload => overload.Result).Aggregate((StaticType?)null, StaticType.Join)!;
        if (call.Name == "matches" && arguments[1].Node is Constant { Value.Kind: CelKind.String } constant)
        {
            if (Pattern.TryCompile(constant.Value.AsString, out Pattern? pattern, out string? error))
            {
                if (pattern!.IsNullable && scope.RefusesEmpty)
                {
                    mistakes.Fail(
                        call.Arguments[^1].Offset,
                        "the pattern matches the empty text, so it matches everything"
                    );
                }

                return folding.Fold(
                    new Typed(new MatchNode(arguments[0].Node, pattern), result),
                    arguments[0].IsConstant
                );
            }
            mistakes.Fail(call.Arguments[^1].Offset, error!);
            return new Typed(new FailNode(error!), result);
        }
        CallNode node = new(call.Name, fitting, [.. arguments.Select(typed => typed.Node)]);
        return folding.Fold(new Typed(node, result), arguments.All(typed => typed.IsConstant));
    }

    private Typed NoOverload(Call call, Overload[] named, StaticType[] types)
    {
        string requested = call.Receiver is null
            ? $"{call.Name}({string.Join<StaticType>(", ", types)})"
            : $"{types[0]}.{call.Name}({string.Join(", ", types.Skip(1))})";
        mistakes.Fail(
            call.Offset,
            named.Length == 0
                ? $"there is no function '{call.Name}'"
                : $"there is no {requested}, only "
                    + $"{string.Join(", ", named.Select(overload => overload.ToString()).Distinct())}"
        );
        return new Typed(new FailNode($"no such overload: {requested}"), StaticType.Dyn);
    }
}
