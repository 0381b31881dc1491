using System.Buffers.Text;
using Ingest.Confirmation.Tokens;
using Xunit;

namespace Ingest.Tests.Confirmation;

/// <summary>A token says what was signed, or nothing at all.</summary>
public sealed class TokenTests
{
    private static readonly byte[] Secret = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
    private static readonly byte[] OtherSecret = [.. Enumerable.Range(101, 32).Select(i => (byte)i)];

    private static readonly ConfirmationToken Token = new(
        "c-8f14e45f",
        "cmp-7",
        "pub-12",
        "203.0.113.9",
        "203.0.113.0/24",
        2,
        1_763_769_600_123,
        0x0123456789ABCDEF
    );

    private readonly ConfirmationKeys _keys = new([Secret]);

    [Fact]
    public void What_is_signed_is_read_again()
    {
        string text = _keys.Sign(Token);
        Assert.Equal(Token, _keys.Read(text)!.Token);
        Assert.Matches("^[A-Za-z0-9_-]+$", text);
    }

    [Fact]
    public void Every_byte_is_signed()
    {
        byte[] bytes = Base64Url.DecodeFromChars(_keys.Sign(Token));
        for (int at = 0; at < bytes.Length; at++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] changed = [.. bytes];
                changed[at] ^= (byte)(1 << bit);
                Assert.Null(_keys.Read(Base64Url.EncodeToString(changed)));
            }
        }
    }

    [Fact]
    public void Every_character_has_one_spelling_only()
    {
        const string Characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/. %";
        string text = _keys.Sign(Token);
        for (int at = 0; at < text.Length; at++)
        {
            foreach (char other in Characters.Where(other => other != text[at]))
            {
                Assert.Null(_keys.Read(text[..at] + other + text[(at + 1)..]));
            }
        }
    }

    [Fact]
    public void Cut_and_lengthened_tokens_are_refused()
    {
        string text = _keys.Sign(Token);
        for (int length = 0; length < text.Length; length++)
        {
            Assert.Null(_keys.Read(text[..length]));
            Assert.Null(_keys.Read(text[length..] + text[..length] + "A"));
        }

        Assert.Null(_keys.Read(text + "A"));
        Assert.Null(_keys.Read(text + text));
        Assert.Null(_keys.Read(new string('A', 100_000)));
    }

    [Fact]
    public void Fields_cannot_reach_into_each_other()
    {
        ConfirmationToken[] alike =
        [
            Token with
            {
                Click = "a",
                Campaign = "bc",
            },
            Token with
            {
                Click = "ab",
                Campaign = "c",
            },
            Token with
            {
                Click = "abc",
                Campaign = "",
            },
            Token with
            {
                Campaign = Token.Publisher,
                Publisher = Token.Campaign,
            },
            Token with
            {
                Click = Token.Click + "\0",
            },
        ];
        Assert.Equal(alike.Length, alike.Select(_keys.Sign).Distinct().Count());
        Assert.All(alike, token => Assert.Equal(token, _keys.Read(_keys.Sign(token))!.Token));
    }

    [Fact]
    public void Two_keys_hold_at_once_and_the_first_signs()
    {
        string former = _keys.Sign(Token);
        var rotated = new ConfirmationKeys([OtherSecret, Secret]);
        Assert.Equal(Token, rotated.Read(former)!.Token);
        string signed = rotated.Sign(Token);
        Assert.Null(_keys.Read(signed));
        Assert.Equal(Token, new ConfirmationKeys([OtherSecret]).Read(signed)!.Token);
        Assert.Null(new ConfirmationKeys([OtherSecret]).Read(former));
    }

    [Fact]
    public void Short_secrets_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new ConfirmationKeys([]));
        Assert.Contains(
            "31 bytes; expected at least 32",
            Assert.Throws<ArgumentException>(() => new ConfirmationKeys([Secret[1..]])).Message
        );
    }
}
