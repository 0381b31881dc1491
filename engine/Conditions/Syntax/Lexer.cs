namespace Engine.Conditions.Syntax;

/// <summary>Splits a source into tokens, one per call of <see cref="Next"/>. A minus is always a separate token; the
/// parser joins it with a number, so <c>a-1</c> is a subtraction.</summary>
internal sealed class Lexer(string source)
{
    private int _at;

    public Token Next()
    {
        SkipBlank();
        if (_at >= source.Length)
        {
            return new Token(TokenKind.End, source.Length, source.Length, "end of the condition");
        }
        char c = source[_at];
        if (StringLiteral.Begins(source, _at, out bool raw, out int quote))
        {
            int start = _at;
            string text = StringLiteral.Read(source, start, quote, raw, out _at);
            return new Token(TokenKind.String, start, _at, text);
        }
        return c switch
        {
            '_' or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') => Identifier(),
            >= '0' and <= '9' => Number(),
            '.' when char.IsAsciiDigit(Peek(1)) => Number(),
            '`' => QuotedIdentifier(),
            _ => Operator(c),
        };
    }

    private char Peek(int ahead) => _at + ahead < source.Length ? source[_at + ahead] : '\0';

    private void SkipBlank()
    {
        while (_at < source.Length)
        {
            char c = source[_at];
            if (c is ' ' or '\t' or '\n' or '\r' or '\f')
            {
                _at++;
            }
            else if (c == '/' && Peek(1) == '/')
            {
                int end = source.AsSpan(_at).IndexOfAny('\n', '\r');
                _at = end < 0 ? source.Length : _at + end;
            }
            else
            {
                return;
            }
        }
    }

    private Token Identifier()
    {
        int start = _at;
        while (char.IsAsciiLetterOrDigit(Peek(0)) || Peek(0) == '_')
        {
            _at++;
        }
        string text = source[start.._at];
        if (
            text is "b" or "B" or "br" or "Br" or "bR" or "BR" or "rb" or "rB" or "Rb" or "RB"
            && Peek(0) is '\'' or '"'
        )
        {
            throw new ConditionException(
                source,
                start,
                "bytes aren't supported: write a string, without the b before it"
            );
        }
        TokenKind kind = text switch
        {
            "true" => TokenKind.True,
            "false" => TokenKind.False,
            "null" => TokenKind.Null,
            "in" => TokenKind.In,
            _ => TokenKind.Identifier,
        };
        return new Token(kind, start, _at, text);
    }

    /// <summary>Reads a field name in backticks, which may contain dots, dashes, slashes and spaces:
    /// <c>headers.`x-real-ip`</c>.</summary>
    private Token QuotedIdentifier()
    {
        int start = _at++;
        while (char.IsAsciiLetterOrDigit(Peek(0)) || Peek(0) is '_' or '.' or '-' or '/' or ' ')
        {
            _at++;
        }
        if (Peek(0) != '`' || _at == start + 1)
        {
            throw new ConditionException(
                source,
                _at,
                "expected a field name in backticks: letters, digits, _ . - / and spaces"
            );
        }
        _at++;
        return new Token(TokenKind.QuotedIdentifier, start, _at, source[(start + 1)..(_at - 1)]);
    }

    private Token Number()
    {
        int start = _at;
        TokenKind kind = TokenKind.Int;
        if (Peek(0) == '0' && Peek(1) is 'x' or 'X' && char.IsAsciiHexDigit(Peek(2)))
        {
            _at += 2;
            Skip(char.IsAsciiHexDigit);
        }
        else
        {
            Skip(char.IsAsciiDigit);
            if (Peek(0) == '.' && char.IsAsciiDigit(Peek(1)))
            {
                kind = TokenKind.Double;
                _at++;
                Skip(char.IsAsciiDigit);
            }
            int sign = Peek(1) is '+' or '-' ? 2 : 1;
            if (Peek(0) is 'e' or 'E' && char.IsAsciiDigit(Peek(sign)))
            {
                kind = TokenKind.Double;
                _at += sign;
                Skip(char.IsAsciiDigit);
            }
        }
        if (Peek(0) is 'u' or 'U')
        {
            throw new ConditionException(
                source,
                start,
                "unsigned numbers aren't supported: write the number without the u"
            );
        }
        if (char.IsAsciiLetterOrDigit(Peek(0)) || Peek(0) == '_')
        {
            throw new ConditionException(source, _at, $"expected an operator after the number, but found '{Peek(0)}'");
        }
        return new Token(kind, start, _at, source[start.._at]);
    }

    private void Skip(Func<char, bool> digit)
    {
        while (digit(Peek(0)))
        {
            _at++;
        }
    }

    private Token Operator(char c)
    {
        (TokenKind kind, int length) = (c, Peek(1)) switch
        {
            ('=', '=') => (TokenKind.Equal, 2),
            ('!', '=') => (TokenKind.NotEqual, 2),
            ('<', '=') => (TokenKind.LessOrEqual, 2),
            ('>', '=') => (TokenKind.GreaterOrEqual, 2),
            ('&', '&') => (TokenKind.And, 2),
            ('|', '|') => (TokenKind.Or, 2),
            ('<', _) => (TokenKind.Less, 1),
            ('>', _) => (TokenKind.Greater, 1),
            ('!', _) => (TokenKind.Not, 1),
            ('.', _) => (TokenKind.Dot, 1),
            (',', _) => (TokenKind.Comma, 1),
            (':', _) => (TokenKind.Colon, 1),
            ('?', _) => (TokenKind.Question, 1),
            ('(', _) => (TokenKind.LeftParen, 1),
            (')', _) => (TokenKind.RightParen, 1),
            ('[', _) => (TokenKind.LeftBracket, 1),
            (']', _) => (TokenKind.RightBracket, 1),
            ('{', _) => (TokenKind.LeftBrace, 1),
            ('}', _) => (TokenKind.RightBrace, 1),
            ('-', _) => (TokenKind.Minus, 1),
            ('+', _) => (TokenKind.Plus, 1),
            ('*', _) => (TokenKind.Star, 1),
            ('/', _) => (TokenKind.Slash, 1),
            ('%', _) => (TokenKind.Percent, 1),
            _ => throw new ConditionException(source, _at, Unexpected(c)),
        };
        Token token = new(kind, _at, _at + length, source.Substring(_at, length));
        _at += length;
        return token;
    }

    private static string Unexpected(char c) =>
        c switch
        {
            '=' => "'=' isn't an operator: use == for equality",
            '&' => "'&' isn't an operator: use && for logical and",
            '|' => "'|' isn't an operator: use || for logical or",
            _ => $"unexpected character {(char.IsControl(c) || char.IsSurrogate(c) ? $"U+{(int)c:X4}" : $"'{c}'")}",
        };
}
