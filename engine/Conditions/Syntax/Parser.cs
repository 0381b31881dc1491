using System.Globalization;

namespace Engine.Conditions.Syntax;

/// <summary>
/// Parses a source into an <see cref="Expr"/>, by recursive descent and, for binary operators, by precedence. The
/// grammar:
/// <code>
/// Expr       = Or ["?" Or ":" Expr]
/// Or, And    = terms joined by "||" and by "&amp;&amp;"
/// Relation   = [Relation ("&lt;" | "&lt;=" | "&gt;=" | "&gt;" | "==" | "!=" | "in")] Addition
/// Addition   = [Addition ("+" | "-")] Multiplication
/// Multiplication = [Multiplication ("*" | "/" | "%")] Unary
/// Unary      = Member | "!" {"!"} Member | "-" {"-"} Member
/// Member     = Primary | Member "." FIELD ["(" [List] ")"] | Member "[" Expr "]"
/// Primary    = ["."] IDENT ["(" [List] ")"] | "(" Expr ")" | "[" [List [","]] "]" | "{" [Entries [","]] "}" | LITERAL
/// </code>
/// Written by hand rather than with Parlot: operators mostly need good error messages (what was expected, what was
/// found, with a caret) and depth limits during parsing. A combinator that fails provides neither.
/// </summary>
internal sealed class Parser
{
    private static readonly HashSet<string> Reserved =
    [
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
        "let",
        "loop",
        "package",
        "namespace",
        "return",
        "var",
        "void",
        "while",
    ];

    private readonly string _source;
    private readonly Lexer _lexer;
    private Token _token;
    private int _depth;

    private Parser(string source)
    {
        _source = source;
        _lexer = new Lexer(source);
        _token = _lexer.Next();
    }

    /// <summary>Parses a complete source.</summary>
    /// <exception cref="ConditionException">The source doesn't parse, or is too long or too deep.</exception>
    public static Expr Parse(string source)
    {
        if (source.Length > CelLimits.MaxSourceLength)
        {
            throw new ConditionException(
                source,
                CelLimits.MaxSourceLength,
                $"the condition has {source.Length} characters; at most {CelLimits.MaxSourceLength} are allowed"
            );
        }
        Parser parser = new(source);
        Expr whole = parser.Expression();
        return parser._token.Kind == TokenKind.End
            ? whole
            : throw parser.Expected("an operator or the end of the condition");
    }

    private Expr Expression()
    {
        Enter();
        Expr test = Terms(TokenKind.Or);
        if (_token.Kind == TokenKind.Question)
        {
            int offset = Take().Offset;
            Expr then = Terms(TokenKind.Or);
            Take(TokenKind.Colon, "':' and the other result");
            Expr orElse = Expression();
            test = Checked(new Conditional(offset, test, then, orElse));
        }
        _depth--;
        return test;
    }

    private Expr Terms(TokenKind joint)
    {
        Expr first = joint == TokenKind.Or ? Terms(TokenKind.And) : Operators(Precedence.Relation);
        if (_token.Kind != joint)
        {
            return first;
        }
        int offset = _token.Offset;
        List<Expr> terms = [first];
        while (_token.Kind == joint)
        {
            Take();
            terms.Add(joint == TokenKind.Or ? Terms(TokenKind.And) : Operators(Precedence.Relation));
        }
        return Checked(new Logical(offset, joint, [.. terms]));
    }

    private enum Precedence
    {
        None,
        Relation,
        Addition,
        Multiplication,
        Unary,
    }

    private Expr Operators(Precedence level)
    {
        if (level == Precedence.Unary)
        {
            return UnaryOperators();
        }
        Expr left = Operators(level + 1);
        while (PrecedenceOf(_token.Kind) == level)
        {
            Token taken = Take();
            left = Checked(new Binary(taken.Offset, taken.Kind, left, Operators(level + 1)));
        }
        return left;
    }

    private static Precedence PrecedenceOf(TokenKind kind) =>
        kind switch
        {
            TokenKind.Less
            or TokenKind.LessOrEqual
            or TokenKind.Greater
            or TokenKind.GreaterOrEqual
            or TokenKind.Equal
            or TokenKind.NotEqual
            or TokenKind.In => Precedence.Relation,
            TokenKind.Plus or TokenKind.Minus => Precedence.Addition,
            TokenKind.Star or TokenKind.Slash or TokenKind.Percent => Precedence.Multiplication,
            _ => Precedence.None,
        };

    private Expr UnaryOperators()
    {
        if (_token.Kind is not (TokenKind.Not or TokenKind.Minus))
        {
            return Member(Primary());
        }
        Token first = _token;
        int count = 0;
        while (_token.Kind == first.Kind)
        {
            Take();
            count++;
        }
        Expr operand;
        if (first.Kind == TokenKind.Minus && _token.Kind is TokenKind.Int or TokenKind.Double)
        {
            operand = Member(Number(negative: true));
            count--;
        }
        else if (_token.Kind is TokenKind.Not or TokenKind.Minus)
        {
            throw Expected("a value");
        }
        else
        {
            operand = Member(Primary());
        }
        // Two of either operator leave the value as it is, but still check its type, so keep at most two.
        for (int left = count > 2 ? 2 - (count & 1) : count; left > 0; left--)
        {
            operand = Checked(new Unary(first.Offset, first.Kind, operand));
        }
        return operand;
    }

    private Expr Member(Expr operand)
    {
        while (true)
        {
            switch (_token.Kind)
            {
                case TokenKind.Dot:
                    Take();
                    operand = Checked(Field(operand));
                    break;
                case TokenKind.LeftBracket:
                    int offset = Take().Offset;
                    Expr at = Expression();
                    Take(TokenKind.RightBracket, "']'");
                    operand = Checked(new Indexing(offset, operand, at));
                    break;
                case TokenKind.LeftBrace:
                    throw new ConditionException(
                        _source,
                        _token.Offset,
                        "messages aren't supported: expected an operator"
                    );
                default:
                    return operand;
            }
        }
    }

    private Expr Field(Expr operand)
    {
        Token name = _token;
        if (name.Kind == TokenKind.QuotedIdentifier)
        {
            Take();
            return new FieldSelect(name.Offset, operand, name.Text, Quoted: true);
        }
        Take(TokenKind.Identifier, "a field or function name after the dot");
        return _token.Kind == TokenKind.LeftParen
            ? new Call(name.Offset, name.Text, operand, Arguments())
            : new FieldSelect(name.Offset, operand, name.Text, Quoted: false);
    }

    private Expr Primary()
    {
        Token token = _token;
        switch (token.Kind)
        {
            case TokenKind.True or TokenKind.False:
                Take();
                return new Literal(token.Offset, CelValue.Of(token.Kind == TokenKind.True));
            case TokenKind.Null:
                Take();
                return new Literal(token.Offset, CelValue.Null);
            case TokenKind.String:
                Take();
                return new Literal(token.Offset, CelValue.Of(token.Text));
            case TokenKind.Int or TokenKind.Double:
                return Number(negative: false);
            case TokenKind.Dot:
                Take();
                return Name(root: true);
            case TokenKind.Identifier:
                return Name(root: false);
            case TokenKind.LeftParen:
                Take();
                Expr inner = Expression();
                Take(TokenKind.RightParen, "')'");
                // Parentheses end a dotted name: (a.b).c is the field c of a.b, never the name a.b.c.
                return inner is FieldSelect or Identifier ? new Parenthesised(inner) : inner;
            case TokenKind.LeftBracket:
                Take();
                return Checked(
                    new ListLiteral(token.Offset, [.. Items(TokenKind.RightBracket, "']'", trailingComma: true)])
                );
            case TokenKind.LeftBrace:
                Take();
                return Entries(token.Offset);
            default:
                throw Expected("a value");
        }
    }

    private Expr Name(bool root)
    {
        Token name = Take(TokenKind.Identifier, "a name after the dot");
        if (Reserved.Contains(name.Text))
        {
            throw new ConditionException(_source, name.Offset, $"'{name.Text}' is reserved and can't be a name");
        }
        return _token.Kind == TokenKind.LeftParen
            ? Checked(new Call(name.Offset, name.Text, null, Arguments()))
            : new Identifier(name.Offset, name.Text, root);
    }

    private Expr[] Arguments()
    {
        Take(TokenKind.LeftParen, "'('");
        return [.. Items(TokenKind.RightParen, "')'", trailingComma: false)];
    }

    private List<Expr> Items(TokenKind close, string closing, bool trailingComma)
    {
        List<Expr> items = [];
        while (_token.Kind != close)
        {
            items.Add(Expression());
            if (_token.Kind != TokenKind.Comma)
            {
                break;
            }
            Take();
            if (_token.Kind == close && !trailingComma)
            {
                throw Expected("a value");
            }
        }
        Take(close, $"',' or {closing}");
        return items;
    }

    private MapLiteral Entries(int offset)
    {
        List<Expr> keys = [];
        List<Expr> values = [];
        while (_token.Kind != TokenKind.RightBrace)
        {
            keys.Add(Expression());
            Take(TokenKind.Colon, "':' and the key's value");
            values.Add(Expression());
            if (_token.Kind != TokenKind.Comma)
            {
                break;
            }
            Take();
        }
        Take(TokenKind.RightBrace, "',' or '}'");
        return Checked(new MapLiteral(offset, [.. keys], [.. values]));
    }

    private Literal Number(bool negative)
    {
        Token token = Take();
        if (token.Kind == TokenKind.Double)
        {
            double number = double.Parse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture);
            return new Literal(token.Offset, CelValue.Of(negative ? -number : number));
        }
        bool hex = token.Text.Length > 1 && token.Text[1] is 'x' or 'X';
        bool fits = ulong.TryParse(
            hex ? token.Text.AsSpan(2) : token.Text,
            hex ? NumberStyles.AllowHexSpecifier : NumberStyles.None,
            CultureInfo.InvariantCulture,
            out ulong magnitude
        );
        if (!fits || magnitude > (ulong)long.MaxValue + (negative ? 1UL : 0UL))
        {
            throw new ConditionException(
                _source,
                token.Offset,
                "this int doesn't fit in 64 bits: the range is ±9223372036854775807"
            );
        }
        return new Literal(token.Offset, CelValue.Of(negative ? unchecked(-(long)magnitude) : (long)magnitude));
    }

    private Token Take()
    {
        Token taken = _token;
        _token = _lexer.Next();
        return taken;
    }

    private Token Take(TokenKind kind, string expected) => _token.Kind == kind ? Take() : throw Expected(expected);

    private ConditionException Expected(string expected)
    {
        string found = _token.Kind switch
        {
            TokenKind.End => "the condition ends here",
            TokenKind.String => "found a string",
            _ => $"found '{_source.AsSpan(_token.Offset, Math.Min(_token.End - _token.Offset, 40))}'",
        };
        return new ConditionException(_source, _token.Offset, $"expected {expected}, but {found}");
    }

    private void Enter()
    {
        if (++_depth > CelLimits.MaxDepth)
        {
            throw TooDeep(_token.Offset);
        }
    }

    private T Checked<T>(T made)
        where T : Expr => made.Depth <= CelLimits.MaxDepth ? made : throw TooDeep(made.Offset);

    private ConditionException TooDeep(int offset) =>
        new(_source, offset, $"the condition is nested too deep: at most {CelLimits.MaxDepth} levels");
}
