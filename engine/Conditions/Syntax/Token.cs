namespace Engine.Conditions.Syntax;

internal enum TokenKind
{
    End,
    Identifier,
    QuotedIdentifier,
    Int,
    Double,
    String,
    True,
    False,
    Null,
    In,
    Dot,
    Comma,
    Colon,
    Question,
    LeftParen,
    RightParen,
    LeftBracket,
    RightBracket,
    LeftBrace,
    RightBrace,
    Not,
    Minus,
    Plus,
    Star,
    Slash,
    Percent,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
    And,
    Or,
}

/// <summary>A token: its kind, its position in the source, and its text or, for a literal, its value.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Offset">The start, in UTF-16 units.</param>
/// <param name="End">The end, exclusive.</param>
/// <param name="Text">An identifier's name, a number's digits or a string literal's value; otherwise the source
/// text.</param>
internal readonly record struct Token(TokenKind Kind, int Offset, int End, string Text);
