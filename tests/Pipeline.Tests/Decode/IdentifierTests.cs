using System.Text;
using Engine.Contracts;
using Xunit;

namespace Pipeline.Tests.Decode;

/// <summary>
/// One grammar of identifiers, whether of text or of bytes; the decoders' is held against it by their own tests.
/// </summary>
public sealed class IdentifierTests
{
    [Fact]
    public void Text_and_bytes_agree_on_every_byte_at_every_place()
    {
        for (int length = 0; length <= 130; length++)
        {
            Agree(new string('a', length), length is >= 1 and <= 128);
        }

        foreach (int length in new[] { 1, 2, 31, 32, 33, 64, 100, 128 })
        {
            for (int at = 0; at < length; at++)
            {
                for (int c = 0; c < 128; c++)
                {
                    char[] text = new string('~', length).ToCharArray();
                    text[at] = (char)c;
                    Agree(new string(text), c is > 32 and < 127 and not '{' and not '}');
                }
            }
        }
    }

    [Theory]
    [InlineData("ä")]
    [InlineData("a\u00FF")]
    [InlineData("\U0001F600")]
    public void Nothing_but_ASCII_is_one(string text) => Agree(text, false);

    private static void Agree(string text, bool expected)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        Assert.Equal((expected, expected), (Identifier.IsOne(text), Identifier.IsOne(utf8.AsSpan())));
    }
}
